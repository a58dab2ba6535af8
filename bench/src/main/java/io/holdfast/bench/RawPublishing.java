package io.holdfast.bench;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * So many publishes in flight at JetStream, each on the next of some subjects; when one is
 * acknowledged the next one goes.
 */
final class RawPublishing {
  private static final int PATIENCE_SECONDS = 600;

  private final Arguments arguments;
  private final List<JetStream> streams = new ArrayList<>();
  private final String prefix;
  private final int subjects;
  private final byte[] payload;
  private final AtomicLong issued = new AtomicLong();
  private final AtomicLong acked = new AtomicLong();
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();
  private volatile Histogram latencies = fresh();
  private volatile long last = Long.MAX_VALUE;
  private volatile CountDownLatch all = new CountDownLatch(1);

  RawPublishing(Arguments arguments, List<Connection> connections) throws IOException {
    this.arguments = arguments;
    for (Connection connection : connections) {
      streams.add(connection.jetStream());
    }
    prefix = NatsServers.RAW + "." + arguments.text("prefix", "publish") + "-";
    subjects = arguments.number("subjects");
    payload = new byte[arguments.number("payload", 200)];
    new Random(5).nextBytes(payload);
  }

  Outcome forAWhile() throws InterruptedException {
    start();
    TimeUnit.MILLISECONDS.sleep(arguments.number("warmup", 2000));
    latencies = fresh();
    long before = acked.get();
    var meter = Meter.of(arguments);
    TimeUnit.MILLISECONDS.sleep(arguments.number("millis", 4000));
    var outcome = new Outcome();
    var _ = meter.stop(outcome, "closed", acked.get() - before);
    Histogram measured = latencies;
    latencies = fresh();
    last = 0;
    check();
    return outcome.put("closed", measured);
  }

  /** So many on each subject, the subjects by turns. */
  Outcome once() throws InterruptedException {
    long count = (long) subjects * arguments.number("each", 1);
    last = count;
    all = new CountDownLatch((int) count);
    long start = System.nanoTime();
    start();
    for (int second = 0; !all.await(1, TimeUnit.SECONDS); second++) {
      check();
      if (second > PATIENCE_SECONDS) {
        throw new LoadFailure("Not all publishes were acknowledged in ten minutes.");
      }
    }
    return new Outcome().put("rate", count / ((System.nanoTime() - start) / 1e9));
  }

  private void start() {
    for (int i = 0; i < arguments.number("inflight", 64); i++) {
      next(streams.get(i % streams.size()));
    }
  }

  private void next(JetStream stream) {
    long number = issued.getAndIncrement();
    if (number >= last) {
      return;
    }
    long sent = System.nanoTime();
    var _ =
        stream
            .publishAsync(prefix + number % subjects, payload)
            .whenComplete(
                (ack, failure) -> {
                  if (failure != null) {
                    trouble.compareAndSet(null, "JetStream took a publish not: " + failure);
                    return;
                  }
                  latencies.recordValue(System.nanoTime() - sent);
                  acked.incrementAndGet();
                  all.countDown();
                  next(stream);
                });
  }

  private void check() {
    String what = trouble.get();
    if (what != null) {
      throw new LoadFailure(what);
    }
  }

  private static Histogram fresh() {
    return new ConcurrentHistogram(60_000_000_000L, 3);
  }
}

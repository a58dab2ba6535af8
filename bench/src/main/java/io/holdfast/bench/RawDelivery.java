package io.holdfast.bench;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Publishes to JetStream through one server, on a schedule, and hears of each through another,
 * where the stream tells it by core NATS once it is stored. Latency counts from when it was due.
 */
final class RawDelivery {
  private static final String SUBJECT = ".deliver.";
  private static final long TICK_NANOS = 100_000;
  private static final int PATIENCE_MILLIS = 10_000;

  private final Arguments arguments;
  private final Connection writer;
  private final Connection reader;
  private final AtomicLong heard = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final Histogram latencies = new ConcurrentHistogram(60_000_000_000L, 3);
  private volatile long measuredFrom = Long.MAX_VALUE;

  RawDelivery(Arguments arguments, List<Connection> connections) {
    this.arguments = arguments;
    this.writer = connections.get(0);
    this.reader = connections.get(1 % connections.size());
  }

  Outcome run() throws IOException, InterruptedException {
    var _ =
        reader
            .createDispatcher(message -> hear(message.getData()))
            .subscribe(NatsServers.RAW + "-live" + SUBJECT + "*");
    // Interest crosses the routes between servers after it is acknowledged.
    TimeUnit.MILLISECONDS.sleep(500);
    long sent = publish(writer.jetStream());
    for (int waited = 0; heard.get() < sent && waited < PATIENCE_MILLIS; waited++) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    if (heard.get() == 0) {
      throw new LoadFailure("Of " + sent + " messages none was told.");
    }
    if (refused.get() > 0) {
      throw new LoadFailure(refused.get() + " publishes were not acknowledged.");
    }
    return new Outcome().put("open", latencies).put("missing", (double) (sent - heard.get()));
  }

  private long publish(JetStream stream) {
    double interval = 1e9 / arguments.number("rate");
    int channels = arguments.number("channels", 1);
    long warm = arguments.number("warmup", 2000) * 1_000_000L;
    long start = System.nanoTime();
    long end = start + warm + arguments.number("millis", 4000) * 1_000_000L;
    measuredFrom = start + warm;
    long sent = 0;
    for (long due = start; due < end; due = start + (long) (sent * interval)) {
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(Math.min(TICK_NANOS, due - System.nanoTime()));
      }
      byte[] payload = new byte[arguments.number("payload", 200)];
      ByteBuffer.wrap(payload).putLong(due);
      var _ =
          stream
              .publishAsync(NatsServers.RAW + SUBJECT + sent++ % channels, payload)
              .whenComplete(
                  (ack, failure) -> {
                    if (failure != null) {
                      refused.incrementAndGet();
                    }
                  });
    }
    return sent;
  }

  private void hear(byte[] payload) {
    long due = ByteBuffer.wrap(payload).getLong();
    if (due >= measuredFrom) {
      latencies.recordValue(Math.max(0, System.nanoTime() - due));
    }
    heard.incrementAndGet();
  }
}

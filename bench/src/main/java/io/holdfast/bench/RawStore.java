package io.holdfast.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Baseline: RocksDB alone in a process of its own. As many producers as the publish figure has
 * connections, each with one record in flight, one committer, one sync per group.
 */
final class RawStore {
  private RawStore() {}

  public static void main(String[] args) throws InterruptedException {
    var arguments = Arguments.of(args);
    var committer =
        new GroupCommitter<Producer>(
                arguments.text("data", "."), group -> group.forEach(Producer::completed))
            .start();
    var producers = new ArrayList<Producer>();
    for (int i = 0; i < arguments.number("connections", 64); i++) {
      var producer = new Producer(committer, arguments.number("payload", 200), i);
      producers.add(producer);
      Thread.ofPlatform().daemon().start(producer);
    }
    TimeUnit.MILLISECONDS.sleep(arguments.number("warmup", 2000));
    long before = count(producers);
    producers.forEach(producer -> producer.recording = true);
    var meter = Meter.ofItself();
    TimeUnit.MILLISECONDS.sleep(arguments.number("millis", 4000));
    var outcome = new Outcome();
    var _ = meter.stop(outcome, "closed", count(producers) - before);
    producers.forEach(producer -> producer.running = false);
    var latencies = new Histogram(60_000_000_000L, 3);
    for (Producer producer : producers) {
      producer.ended();
      latencies.add(producer.latencies);
    }
    System.out.println(outcome.put("closed", latencies).line());
    System.exit(0);
  }

  private static long count(List<Producer> producers) {
    return producers.stream().mapToLong(producer -> producer.count).sum();
  }

  private static final class Producer implements Runnable {
    private final GroupCommitter<Producer> committer;
    private final byte[] value;
    private final Histogram latencies = new Histogram(60_000_000_000L, 3);
    private volatile boolean recording;
    private volatile boolean running = true;
    private volatile boolean complete;
    private volatile long count;
    private volatile Thread thread = Thread.currentThread();

    Producer(GroupCommitter<Producer> committer, int bytes, int seed) {
      this.committer = committer;
      this.value = new byte[bytes];
      new Random(seed).nextBytes(value);
    }

    @Override
    public void run() {
      thread = Thread.currentThread();
      long done = 0;
      while (running) {
        long start = System.nanoTime();
        complete = false;
        committer.submit(value, this);
        while (!complete) {
          LockSupport.park(this);
        }
        if (recording) {
          latencies.recordValue(System.nanoTime() - start);
        }
        // Only this thread writes; the volatile is for the reader.
        count = ++done;
      }
    }

    void completed() {
      complete = true;
      LockSupport.unpark(thread);
    }

    void ended() throws InterruptedException {
      thread.join(5000);
    }
  }
}

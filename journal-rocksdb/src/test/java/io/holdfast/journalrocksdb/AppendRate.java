package io.holdfast.journalrocksdb;

import io.holdfast.journal.ChannelId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/**
 * Measures committed appends per second. Arguments: a directory to make a temporary one in, how
 * many in flight, how many seconds, how many bytes each.
 */
final class AppendRate {
  private static final int CHANNELS = 1000;

  private AppendRate() {}

  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(args[0]), "append-rate");
    int depth = Integer.parseInt(args[1]);
    int seconds = Integer.parseInt(args[2]);
    byte[] entry = new byte[Integer.parseInt(args[3])];
    new java.util.Random(1).nextBytes(entry);
    ChannelId[] channels = new ChannelId[CHANNELS];
    for (int i = 0; i < CHANNELS; i++) {
      channels[i] = new ChannelId("app", "channel" + i);
    }
    try (RocksStore store =
        RocksStore.open(directory, RocksOptions.of(failure -> System.exit(1)))) {
      Semaphore inFlight = new Semaphore(depth);
      for (int second = 0; second < seconds; second++) {
        RocksStats before = store.stats();
        long began = System.nanoTime();
        for (int i = 0; System.nanoTime() - began < 1_000_000_000L; i++) {
          inFlight.acquire();
          var _ =
              store
                  .journal()
                  .append(channels[i % CHANNELS], entry, "id")
                  .whenComplete((at, failure) -> inFlight.release());
        }
        RocksStats after = store.stats();
        double took = (System.nanoTime() - began) / 1e9;
        System.out.printf(
            "%,.0f appends/s, %,.0f syncs/s, %d MiB on disk%n",
            (after.entries() - before.entries()) / took,
            (after.logSyncs() - before.logSyncs()) / took,
            after.diskBytes() >> 20);
      }
    }
  }
}

package io.holdfast.journalrocksdb;

import io.holdfast.journal.ChannelId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/** Appends until it is killed and prints each answered append: the child of {@link KillTest}. */
final class EndlessAppends {
  static final int CHANNELS = 8;

  private EndlessAppends() {}

  static ChannelId channel(int i) {
    return new ChannelId("app", "c" + i);
  }

  public static void main(String[] args) throws InterruptedException {
    RocksStore store =
        RocksStore.open(Path.of(args[0]), RocksOptions.of(failure -> System.exit(1)));
    Semaphore inFlight = new Semaphore(64);
    for (int i = 0; ; i++) {
      ChannelId channel = channel(i % CHANNELS);
      String entry = args[1] + ":" + i / CHANNELS;
      inFlight.acquire();
      store
          .journal()
          .append(channel, entry.getBytes(StandardCharsets.UTF_8), entry)
          .thenAccept(
              at -> {
                inFlight.release();
                System.out.println(channel.name() + " " + at.position() + " " + entry + " .");
              })
          .exceptionally(
              failure -> {
                throw new IllegalStateException(failure);
              });
    }
  }
}

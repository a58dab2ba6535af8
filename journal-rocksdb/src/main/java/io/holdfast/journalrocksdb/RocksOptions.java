package io.holdfast.journalrocksdb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * How a store is opened.
 *
 * @param clock ms since the epoch
 * @param fatal called, on the thread it happens on, when a write or sync failed: its outcome and
 *     that of all that wait is unknown, none of it completes, and the process must end. Also when a
 *     read failed so that who waits for it cannot be told. Must not wait for a close of the store
 * @param freeFloor bytes that appends leave free; records leave half of them
 * @param freeSpace bytes free where the directory is; asked at most once a second
 * @param waitingMax bytes that may wait for the committer
 * @param beforeSync run by the committer before each synced write; tests hold the sync with it, or
 *     fail it
 */
public record RocksOptions(
    LongSupplier clock,
    Consumer<Throwable> fatal,
    long freeFloor,
    ToLongFunction<Path> freeSpace,
    long waitingMax,
    Runnable beforeSync) {

  public static RocksOptions of(Consumer<Throwable> fatal) {
    return new RocksOptions(
        Clock.systemUTC()::millis, fatal, 256L << 20, RocksOptions::usable, 256L << 20, () -> {});
  }

  private static long usable(Path directory) {
    try {
      return Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public RocksOptions withClock(LongSupplier other) {
    return new RocksOptions(other, fatal, freeFloor, freeSpace, waitingMax, beforeSync);
  }

  public RocksOptions withFreeFloor(long other) {
    return new RocksOptions(clock, fatal, other, freeSpace, waitingMax, beforeSync);
  }

  public RocksOptions withFreeSpace(ToLongFunction<Path> other) {
    return new RocksOptions(clock, fatal, freeFloor, other, waitingMax, beforeSync);
  }

  public RocksOptions withWaitingMax(long other) {
    return new RocksOptions(clock, fatal, freeFloor, freeSpace, other, beforeSync);
  }

  public RocksOptions withBeforeSync(Runnable other) {
    return new RocksOptions(clock, fatal, freeFloor, freeSpace, waitingMax, other);
  }
}

package io.holdfast.journalrocksdb;

import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The floor under which nothing more is taken; the file system is asked once a second at most. */
final class FreeSpace {
  private static final long ASK_EVERY_MS = 1000;

  private final Path directory;
  private final long floor;
  private final ToLongFunction<Path> source;
  private final LongSupplier clock;

  private record Answer(long free, long time) {}

  private volatile @Nullable Answer last;

  FreeSpace(Path directory, RocksOptions options) {
    this.directory = directory;
    this.floor = options.freeFloor();
    this.source = options.freeSpace();
    this.clock = options.clock();
  }

  /** Why no entry may be stored now, or null. */
  @Nullable JournalException refusal() {
    return refusal(floor);
  }

  /**
   * Why no record may be stored now, or null. Records are what lets a log be shortened, so half of
   * the floor is theirs alone.
   */
  @Nullable JournalException recordRefusal() {
    return refusal(floor / 2);
  }

  private @Nullable JournalException refusal(long least) {
    long now = clock.getAsLong();
    Answer answer = last;
    if (answer == null || Math.abs(now - answer.time()) >= ASK_EVERY_MS) {
      answer = new Answer(source.applyAsLong(directory), now);
      last = answer;
    }
    return answer.free() >= least
        ? null
        : new JournalException(
            Reason.NO_SPACE,
            "%d MiB are free in %s, the floor is %d MiB; free some space or delete channels"
                .formatted(answer.free() >> 20, directory, least >> 20));
  }
}

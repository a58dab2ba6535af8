package io.holdfast.fold;

import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The results of one publisher's recent frames on one channel, as runs of adjacent numbers. A
 * refusal that the log has is a result too: the same frame may stand in it once more, from another
 * node, and must not be applied when its client was told that it was not.
 */
final class Ledger {
  /** As many frames as a connection may have unacknowledged. */
  static final int MAX_FRAMES = 4_096;

  /** More items than a frame can make: what is above is the code of a refusal. */
  private static final int REFUSED = 1 << 20;

  /** By their first frames: frames come in order, but for a few that were sent again. */
  private final ArrayList<Run> runs = new ArrayList<>(2);

  /** Where the ones that are not forgotten begin. */
  private int oldest;

  private long frames;

  /** Frames up to here were applied or refused, and what they made is forgotten. */
  private long floor = -1;

  /** The highest number applied that is remembered; -1 for none. */
  private long newest = -1;

  private long lastTime;

  /**
   * Frames {@code first} to {@code last}, all of which made {@code items} serials at one cursor, or
   * were refused there with a code.
   */
  private record Run(long first, long last, Cursor cursor, int items) {
    long frames() {
      return last - first + 1;
    }

    boolean refused() {
      return items >= REFUSED;
    }

    Verdict verdict() {
      ErrorCode code = refused() ? ErrorCode.of(items - REFUSED) : null;
      return refused()
          ? new Verdict.Refused((code == null ? ErrorCode.INTERNAL : code).info())
          : new Verdict.Accepted(cursor, items);
    }
  }

  long lastTime() {
    return lastTime;
  }

  @Nullable Verdict find(long msgSerial) {
    if (msgSerial <= floor) {
      return new Verdict.Accepted(null, 1);
    }
    int at = floor(msgSerial);
    Run run = at < oldest ? null : runs.get(at);
    return run == null || run.last < msgSerial ? null : run.verdict();
  }

  /** The place of the last run that begins at a number or before it; below the oldest for none. */
  private int floor(long msgSerial) {
    int from = oldest;
    int until = runs.size();
    if (until > from && runs.get(until - 1).first <= msgSerial) {
      return until - 1;
    }
    while (from < until) {
      int middle = (from + until) >>> 1;
      if (runs.get(middle).first <= msgSerial) {
        from = middle + 1;
      } else {
        until = middle;
      }
    }
    return from - 1;
  }

  void refuse(long msgSerial, Cursor cursor, ErrorInfo error, long time) {
    add(msgSerial, cursor, REFUSED + error.code(), time);
  }

  void apply(long msgSerial, Cursor cursor, int items, long time) {
    newest = Math.max(newest, msgSerial);
    add(msgSerial, cursor, items, time);
  }

  private void add(long msgSerial, Cursor cursor, int items, long time) {
    lastTime = time;
    frames++;
    int before = floor(msgSerial);
    Run run = before < oldest ? null : runs.get(before);
    if (run != null
        && run.last == msgSerial - 1
        && run.cursor.equals(cursor)
        && run.items == items) {
      runs.set(before, new Run(run.first, msgSerial, cursor, items));
    } else {
      runs.add(before + 1, new Run(msgSerial, msgSerial, cursor, items));
    }
    while (frames > MAX_FRAMES && runs.size() - oldest > 1) {
      Run gone = runs.get(oldest++);
      frames -= gone.frames();
      floor = gone.last;
    }
    if (oldest > runs.size() / 2) {
      runs.subList(0, oldest).clear();
      oldest = 0;
    }
  }

  /** The highest number applied. */
  long newest() {
    return Math.max(newest, floor);
  }

  int weight() {
    return 200 + 100 * (runs.size() - oldest);
  }

  void write(ByteWriter out) {
    out.writeLong(floor + 1);
    out.writeLong(lastTime);
    out.writeLong(runs.size() - oldest);
    for (Run run : runs.subList(oldest, runs.size())) {
      out.writeLong(run.first);
      out.writeLong(run.frames());
      writeCursor(out, run.cursor);
      out.writeLong(run.items);
    }
  }

  static Ledger read(ByteReader in, long generation) {
    Ledger ledger = new Ledger();
    ledger.floor = in.readLong() - 1;
    ledger.lastTime = in.readLong();
    int count = in.readCount();
    for (int i = 0; i < count; i++) {
      long first = in.readLong();
      long frames = in.readLong();
      Run run = new Run(first, first + frames - 1, readCursor(in, generation), in.readInt());
      ledger.runs.add(run);
      ledger.frames += frames;
      ledger.newest = run.refused() ? ledger.newest : run.last;
    }
    return ledger;
  }

  static void writeCursor(ByteWriter out, Cursor cursor) {
    out.writeLong(cursor.position());
    out.writeLong(cursor.frame());
  }

  static Cursor readCursor(ByteReader in, long generation) {
    return new Cursor(generation, in.readLong(), in.readInt());
  }
}

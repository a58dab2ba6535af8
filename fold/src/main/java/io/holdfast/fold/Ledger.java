package io.holdfast.fold;

import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.util.Map;
import java.util.TreeMap;
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

  private final TreeMap<Long, Run> runs = new TreeMap<>();
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
    Map.Entry<Long, Run> run = runs.floorEntry(msgSerial);
    return run == null || run.getValue().last < msgSerial ? null : run.getValue().verdict();
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
    Map.Entry<Long, Run> before = runs.floorEntry(msgSerial);
    Run run = before == null ? null : before.getValue();
    if (run != null
        && run.last == msgSerial - 1
        && run.cursor.equals(cursor)
        && run.items == items) {
      runs.put(run.first, new Run(run.first, msgSerial, cursor, items));
    } else {
      runs.put(msgSerial, new Run(msgSerial, msgSerial, cursor, items));
    }
    while (frames > MAX_FRAMES && runs.size() > 1) {
      Run oldest = runs.pollFirstEntry().getValue();
      frames -= oldest.frames();
      floor = oldest.last;
    }
  }

  /** The highest number applied. */
  long newest() {
    return Math.max(newest, floor);
  }

  int weight() {
    return 200 + 150 * runs.size();
  }

  void write(ByteWriter out) {
    out.writeLong(floor + 1);
    out.writeLong(lastTime);
    out.writeLong(runs.size());
    for (Run run : runs.values()) {
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
      ledger.runs.put(first, run);
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

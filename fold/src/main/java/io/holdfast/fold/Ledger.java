package io.holdfast.fold;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The results of one publisher's recent frames on one channel, as runs of adjacent numbers. */
final class Ledger {
  /** As many frames as a connection may have unacknowledged. */
  static final int MAX_FRAMES = 4_096;

  private final TreeMap<Long, Run> runs = new TreeMap<>();
  private long frames;

  /** Frames up to here were applied or refused, and what they made is forgotten. */
  private long floor = -1;

  private long lastTime;

  /**
   * Frames {@code first} to {@code last}, all of which made {@code items} serials at one cursor.
   */
  private record Run(long first, long last, Cursor cursor, int items) {
    long frames() {
      return last - first + 1;
    }
  }

  long lastTime() {
    return lastTime;
  }

  Verdict.@Nullable Accepted find(long msgSerial) {
    if (msgSerial <= floor) {
      return new Verdict.Accepted(null, 1);
    }
    Map.Entry<Long, Run> run = runs.floorEntry(msgSerial);
    return run == null || run.getValue().last < msgSerial
        ? null
        : new Verdict.Accepted(run.getValue().cursor, run.getValue().items);
  }

  void add(long msgSerial, Cursor cursor, int items, long time) {
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
    return runs.isEmpty() ? floor : runs.lastEntry().getValue().last;
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
      ledger.runs.put(
          first, new Run(first, first + frames - 1, readCursor(in, generation), in.readInt()));
      ledger.frames += frames;
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

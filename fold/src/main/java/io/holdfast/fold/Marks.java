package io.holdfast.fold;

import io.holdfast.protocol.ErrorInfo;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What exactly-once stands on: which frames of which publisher were applied and what they made.
 *
 * <p>A frame numbered below a later one but not found here was refused earlier; only an append may
 * also have been lost while a later one of its window was applied, and is judged anew. Results are
 * kept for {@link FoldLimits#resultsKept} of the log's time and at most {@link Ledger#MAX_FRAMES}
 * frames a publisher: more than a connection may have unacknowledged, so nothing that can still be
 * asked for is forgotten.
 */
final class Marks {
  private static final int MAX_KEYS = 32_768;
  private static final int MAX_PUBLISHERS = 32_768;

  private final LinkedHashMap<Publisher, Ledger> ledgers = new LinkedHashMap<>();
  private final LinkedHashMap<String, Keyed> keys = new LinkedHashMap<>();

  /** The result of a publish whose ids the client gave. */
  private record Keyed(Cursor cursor, int items, long time) {}

  /** The result of a frame that was applied or refused already; null for one that was not. */
  @Nullable Verdict find(Origin origin) {
    if (origin.publisher() != null) {
      Ledger ledger = ledgers.get(origin.publisher());
      Verdict known = ledger == null ? null : ledger.find(origin.msgSerial());
      if (known != null) {
        return known;
      }
    }
    if (origin.idempotencyKey() != null) {
      Keyed keyed = keys.get(origin.idempotencyKey());
      if (keyed != null) {
        return new Verdict.Accepted(keyed.cursor, keyed.items);
      }
    }
    return null;
  }

  /** Whether a later frame of its publisher was applied before it: it was refused then. */
  boolean overtaken(Origin origin) {
    Ledger ledger = origin.publisher() == null ? null : ledgers.get(origin.publisher());
    return ledger != null && ledger.newest() > origin.msgSerial();
  }

  /**
   * A frame was applied.
   *
   * @param kept how long results are remembered, ms
   */
  void applied(Origin origin, Cursor cursor, int items, long time, long kept) {
    if (origin.publisher() != null) {
      // put back at the end: the map stays in the order of last use, whoever looked in between
      Ledger ledger = ledgers.remove(origin.publisher());
      ledger = ledger == null ? new Ledger() : ledger;
      ledger.apply(origin.msgSerial(), cursor, items, time);
      ledgers.put(origin.publisher(), ledger);
    }
    if (origin.idempotencyKey() != null) {
      keys.put(origin.idempotencyKey(), new Keyed(cursor, items, time));
    }
    forget(time, kept);
  }

  /**
   * A frame was refused. What names its messages may come again all the same, in another frame.
   *
   * @param kept how long results are remembered, ms
   */
  void refused(Origin origin, Cursor cursor, ErrorInfo error, long time, long kept) {
    if (origin.publisher() != null) {
      Ledger ledger = ledgers.remove(origin.publisher());
      ledger = ledger == null ? new Ledger() : ledger;
      ledger.refuse(origin.msgSerial(), cursor, error, time);
      ledgers.put(origin.publisher(), ledger);
      forget(time, kept);
    }
  }

  private void forget(long now, long kept) {
    Iterator<Keyed> oldest = keys.values().iterator();
    while (oldest.hasNext() && (oldest.next().time < now - kept || keys.size() > MAX_KEYS)) {
      oldest.remove();
    }
    Iterator<Ledger> idle = ledgers.values().iterator();
    while (idle.hasNext()
        && (idle.next().lastTime() < now - kept || ledgers.size() > MAX_PUBLISHERS)) {
      idle.remove();
    }
  }

  /** Roughly what they take in memory, bytes. */
  int weight() {
    int weight = 120 * keys.size();
    for (Ledger ledger : ledgers.values()) {
      weight += ledger.weight();
    }
    return weight;
  }

  void write(ByteWriter out) {
    out.writeLong(ledgers.size());
    for (Map.Entry<Publisher, Ledger> entry : ledgers.entrySet()) {
      out.writeString(entry.getKey().connectionId());
      out.writeLong(entry.getKey().incarnation());
      entry.getValue().write(out);
    }
    out.writeLong(keys.size());
    for (Map.Entry<String, Keyed> entry : keys.entrySet()) {
      out.writeString(entry.getKey());
      Ledger.writeCursor(out, entry.getValue().cursor);
      out.writeLong(entry.getValue().items);
      out.writeLong(entry.getValue().time);
    }
  }

  void read(ByteReader in, long generation) {
    int publishers = in.readCount();
    for (int i = 0; i < publishers; i++) {
      Publisher publisher = new Publisher(in.readString(), in.readLong());
      ledgers.put(publisher, Ledger.read(in, generation));
    }
    int keyed = in.readCount();
    for (int i = 0; i < keyed; i++) {
      keys.put(
          in.readString(),
          new Keyed(Ledger.readCursor(in, generation), in.readInt(), in.readLong()));
    }
  }
}

package io.holdfast.sessions;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The wire messages of one node in the order of the channel, whatever order they came in. It holds
 * one entry a message and no history of it, so it is as large as what it shows.
 */
final class WireLog {
  private final List<WireEntry> entries = new ArrayList<>();

  /** Messages that were sent and have not come back: shown last, in the order they were sent. */
  private final List<WireEntry> unconfirmed = new ArrayList<>();

  @Nullable WireEntry find(String serial) {
    int index = indexOf(serial);
    return index < 0 ? null : entries.get(index);
  }

  private int indexOf(String serial) {
    int low = 0;
    int high = entries.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = String.valueOf(entries.get(middle).serial()).compareTo(serial);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -low - 1;
  }

  /**
   * Puts a message in its place. One that was shown before it was sent gives way to it.
   *
   * @return whether there is one more now
   */
  boolean insert(WireEntry entry) {
    String serial = entry.serial();
    if (serial == null) {
      unconfirmed.add(entry);
      return true;
    }
    int index = indexOf(serial);
    if (index >= 0) {
      throw new IllegalStateException("the message is there already");
    }
    entries.add(-index - 1, entry);
    for (Iterator<WireEntry> each = unconfirmed.iterator(); each.hasNext(); ) {
      if (each.next().codecMessageId().equals(entry.codecMessageId())) {
        each.remove();
        return false;
      }
    }
    return true;
  }

  /** Takes back what was shown before it was sent; whether there was any. */
  boolean withdraw(String codecMessageId) {
    return unconfirmed.removeIf(entry -> entry.codecMessageId().equals(codecMessageId));
  }

  /** Takes over everything of another log. */
  void absorb(WireLog other) {
    for (WireEntry entry : other.entries) {
      if (find(String.valueOf(entry.serial())) == null) {
        insert(entry);
      }
    }
    unconfirmed.addAll(other.unconfirmed);
  }

  boolean isEmpty() {
    return entries.isEmpty() && unconfirmed.isEmpty();
  }

  /** The serial of the oldest message; null while none is confirmed. */
  @Nullable String firstSerial() {
    return entries.isEmpty() ? null : entries.getFirst().serial();
  }

  /** The serial of the newest message; null while none is confirmed. */
  @Nullable String lastSerial() {
    return entries.isEmpty() ? null : entries.getLast().serial();
  }

  /** All messages in order, those not confirmed last. */
  List<WireEntry> all() {
    List<WireEntry> all = new ArrayList<>(entries);
    all.addAll(unconfirmed);
    return all;
  }

  int size() {
    return entries.size() + unconfirmed.size();
  }
}

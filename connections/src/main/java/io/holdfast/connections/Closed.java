package io.holdfast.connections;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Connections that were closed for good, for as long as their keys might be tried: a CLOSE disposes
 * of the connection's state, so nothing goes on from there. Any thread.
 */
final class Closed {
  private static final int MAX = 65_536;

  private final long kept;
  private final Map<String, Long> closed = new LinkedHashMap<>();

  /**
   * None yet.
   *
   * @param kept for how long, ms
   */
  Closed(long kept) {
    this.kept = kept;
  }

  synchronized void add(String connectionId, long now) {
    closed.put(connectionId, now);
    Iterator<Long> oldest = closed.values().iterator();
    while (oldest.hasNext() && (oldest.next() < now - kept || closed.size() > MAX)) {
      oldest.remove();
    }
  }

  synchronized boolean contains(String connectionId, long now) {
    return closed.getOrDefault(connectionId, Long.MIN_VALUE) >= now - kept;
  }
}

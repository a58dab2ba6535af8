package io.holdfast.connections;

import io.holdfast.channels.Holding;
import java.util.Map;
import java.util.Set;

/**
 * What a transport leaves to the next one of its connection.
 *
 * @param identity whose it was
 * @param holdings what the client holds, by channel
 * @param present channels where the connection may have members, and the names it entered them by
 */
record Remains(Identity identity, Map<String, Holding> holdings, Map<String, Set<String>> present) {
  static Remains nothing(Identity identity) {
    return new Remains(identity, Map.of(), Map.of());
  }
}

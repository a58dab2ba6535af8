package io.holdfast.connections;

import io.holdfast.channels.Holding;
import java.util.Map;

/**
 * What a transport leaves to the next one of its connection.
 *
 * @param identity whose it was
 * @param holdings what the client holds, by channel
 * @param present where the connection may have members; changes no more
 */
record Remains(Identity identity, Map<String, Holding> holdings, Entered present) {
  static Remains nothing(Identity identity) {
    return new Remains(identity, Map.of(), new Entered());
  }

  /** Without what the client held when it was here: it has been told more on another node since. */
  Remains elsewhereSince() {
    return new Remains(identity, Map.of(), present);
  }
}

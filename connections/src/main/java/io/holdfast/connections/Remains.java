package io.holdfast.connections;

import io.holdfast.channels.Holding;
import java.util.Map;

/**
 * What a transport leaves to the next one of its connection.
 *
 * @param identity whose it was
 * @param holdings what the client holds, by channel
 * @param present where the connection may have members; changes no more
 * @param unsureUntil until when what its client sends may be on its way on another node, ms
 */
record Remains(
    Identity identity, Map<String, Holding> holdings, Entered present, long unsureUntil) {
  static Remains nothing(Identity identity) {
    return new Remains(identity, Map.of(), new Entered(), 0);
  }

  /**
   * Without what the client held when it was here: it has been told more on another node since, and
   * has sent more.
   *
   * @param until when that has come to its end there, whatever became of the node
   */
  Remains elsewhereSince(long until) {
    return new Remains(identity, Map.of(), present, until);
  }
}

package io.holdfast.server;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Where a record of an app came from. What the command line or the file gave once and gives no
 * longer is taken back at the next start; the rest stays until it is removed.
 */
enum Origin {
  /** The command line. */
  FLAG,
  /** The configuration file. */
  FILE,
  /** Made by the server for want of any, or asked for while it ran. */
  MADE;

  static Origin read(ObjectNode node) {
    return valueOf(node.path("origin").asText(MADE.name()));
  }
}

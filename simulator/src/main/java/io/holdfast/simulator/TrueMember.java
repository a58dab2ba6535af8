package io.holdfast.simulator;

import io.holdfast.fold.Owner;

/**
 * A presence member as the log has it.
 *
 * @param id what names the saying that the data is from
 * @param frame the frame that has entered it, or has said again that it is there
 */
record TrueMember(String data, Owner owner, String ownedAt, String id, FrameKey frame) {
  /** Whether a saying of this member's connection is later than the one that counts. */
  boolean precedes(String saying) {
    return number(id) < number(saying);
  }

  /** Whether one is earlier. */
  boolean follows(String saying) {
    return number(id) > number(saying);
  }

  private static long number(String id) {
    String[] parts = id.split(":", -1);
    return Long.parseLong(parts[parts.length - 2]);
  }
}

package io.holdfast.fold;

/**
 * Which transport answers for a presence member.
 *
 * @param boot the run of the node that holds it
 * @param transport the transport's number in that run, later ones higher
 */
public record Owner(String boot, long transport) {
  /**
   * Whether this one was there before another of the same run: what it had to say may come late,
   * and must not take back what has moved on.
   */
  public boolean precedes(Owner other) {
    return boot.equals(other.boot) && transport < other.transport;
  }
}

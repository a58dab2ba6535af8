package io.holdfast.fold;

/**
 * Which transport answers for a presence member.
 *
 * @param boot the run of the node that holds it
 * @param transport the transport's number, later ones of a connection higher, on whichever node
 */
public record Owner(String boot, long transport) {
  /**
   * Whether this one was there before another of the same connection: what it had to say may come
   * late, from another node too, and must not take back what has moved on.
   */
  public boolean precedes(Owner other) {
    return transport < other.transport;
  }
}

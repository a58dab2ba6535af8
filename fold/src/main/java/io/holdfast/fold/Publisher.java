package io.holdfast.fold;

/**
 * Who numbers frames: a connection and which life of it. A recovered client is a new process that
 * may number from 0 again, so it gets the next incarnation.
 *
 * @param incarnation 0, or the second of the clock in which the life began, raised where needed:
 *     later lives have higher ones
 */
public record Publisher(String connectionId, int incarnation) {
  /** More frames than a connection sends in a second. */
  private static final long LIFE = 1_000_000;

  /**
   * Names a frame in the ids of messages: {@code connectionId:number}. Clients judge by the number
   * which of two presence messages is newer (RTP2b2), so the frames of a later life count on above
   * those of an earlier one, though it numbers from 0 again.
   */
  public String frame(long msgSerial) {
    return connectionId + ":" + (incarnation * LIFE + msgSerial);
  }
}

package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/** The outcome of reading one frame: bad input is a value, never an exception. */
public sealed interface Decoded {
  /** A good frame. */
  record Ok(Frame frame) implements Decoded {}

  /**
   * The frame was readable but an item in it was not acceptable (a wrong type, invalid base64).
   * Names what is known, so that the refusal can go to the frame (NACK) or its channel.
   *
   * @param channel null when absent, or when it is not the channel's fault: that of a publish
   *     without its number
   * @param msgSerial -1 when absent
   */
  record Refused(int action, @Nullable String channel, long msgSerial, ErrorInfo error)
      implements Decoded {}

  /** Not a frame at all. */
  record Unreadable(ErrorInfo error) implements Decoded {}
}

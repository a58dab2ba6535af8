package io.holdfast.fuzz;

import io.holdfast.protocol.Format;

/** MessagePack from strangers. */
public final class MsgpackFrames {
  private MsgpackFrames() {}

  public static void fuzzerTestOneInput(byte[] input) {
    RoundTrip.of(Format.MSGPACK, input);
  }
}

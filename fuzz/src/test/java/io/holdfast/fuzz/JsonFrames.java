package io.holdfast.fuzz;

import io.holdfast.protocol.Format;
import io.holdfast.protocol.FrameCodec;
import java.util.List;

/** JSON from strangers. */
public final class JsonFrames {
  private static final int MAX_FRAMES = 100;

  private JsonFrames() {}

  public static void fuzzerTestOneInput(byte[] input) {
    RoundTrip.of(Format.JSON, input);
    List<byte[]> frames = FrameCodec.split(input, MAX_FRAMES);
    if (frames != null) {
      for (byte[] frame : frames) {
        RoundTrip.of(Format.JSON, frame);
      }
    }
  }
}

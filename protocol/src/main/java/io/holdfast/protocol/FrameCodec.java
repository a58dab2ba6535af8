package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/** Reads and writes frames in both formats and both directions. */
public final class FrameCodec {
  private FrameCodec() {}

  /** Reads one frame that fills the bytes. Never throws. */
  public static Decoded decode(Format format, byte[] bytes) {
    return decode(format, bytes, 0, bytes.length);
  }

  /** Reads one frame that fills the range. Never throws. */
  public static Decoded decode(Format format, byte[] bytes, int offset, int length) {
    try (JsonParser in = Wire.parser(format, bytes, offset, length)) {
      return FrameReader.read(new WireReader(in, format));
    } catch (IOException | RuntimeException e) {
      // The MessagePack parser throws unchecked exceptions of its own and of the JDK's.
      return new Decoded.Unreadable(Wire.unreadable(format, e));
    }
  }

  public static byte[] encode(Frame frame, Format format) {
    return Wire.write(format, out -> FrameWriter.write(new WireWriter(out, format), frame));
  }
}

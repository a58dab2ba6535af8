package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  /**
   * Cuts a JSON array of frames, as a comet client sends it, into its elements; what is no object
   * comes out empty, which is no frame. Null when it is no array, or one of more than {@code max}.
   * Never throws.
   */
  public static @Nullable List<byte[]> split(byte[] array, int max) {
    List<byte[]> elements = new ArrayList<>();
    try (JsonParser in = Wire.parser(Format.JSON, array, 0, array.length)) {
      if (in.nextToken() != JsonToken.START_ARRAY) {
        return null;
      }
      for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
        if (elements.size() == max) {
          return null;
        }
        int from = (int) in.currentTokenLocation().getByteOffset();
        in.skipChildren();
        boolean object = token == JsonToken.START_OBJECT;
        int to = object ? (int) in.currentLocation().getByteOffset() : from;
        elements.add(Arrays.copyOfRange(array, from, to));
      }
      return in.nextToken() == null ? elements : null;
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  public static byte[] encode(Frame frame, Format format) {
    return Wire.write(format, out -> FrameWriter.write(new WireWriter(out, format), frame));
  }
}

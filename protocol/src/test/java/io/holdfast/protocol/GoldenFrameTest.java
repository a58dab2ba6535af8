package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenFrameTest {
  static Stream<String> names() {
    return GoldenFrames.all().keySet().stream();
  }

  @Test
  void everyKindOfFrameHasAnExample() {
    Set<Class<?>> shown =
        GoldenFrames.all().values().stream().map(Frame::getClass).collect(Collectors.toSet());
    Set<Class<?>> permitted =
        Arrays.stream(Frame.class.getPermittedSubclasses()).collect(Collectors.toSet());
    assertEquals(permitted, shown);
  }

  @ParameterizedTest
  @MethodSource("names")
  void jsonIsWrittenAsKept(String name) {
    Frame frame = frame(name);
    String kept = resource(name + ".json").strip();
    assertEquals(kept, new String(FrameCodec.encode(frame, Format.JSON), UTF_8));
    assertEquals(new Decoded.Ok(frame), FrameCodec.decode(Format.JSON, kept.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @MethodSource("names")
  void msgpackIsWrittenAsKept(String name) {
    Frame frame = frame(name);
    String kept = resource(name + ".msgpack.hex").replaceAll("\\s", "");
    byte[] bytes = FrameCodec.encode(frame, Format.MSGPACK);
    assertEquals(kept, HexFormat.of().formatHex(bytes));
    assertEquals(
        new Decoded.Ok(frame), FrameCodec.decode(Format.MSGPACK, HexFormat.of().parseHex(kept)));
  }

  @ParameterizedTest
  @MethodSource("names")
  void aFrameCutAnywhereIsUnreadable(String name) {
    for (Format format : Format.values()) {
      byte[] whole = FrameCodec.encode(frame(name), format);
      for (int length = 0; length < whole.length; length++) {
        assertEquals(
            Decoded.Unreadable.class,
            FrameCodec.decode(format, whole, 0, length).getClass(),
            format + " cut at " + length);
      }
    }
  }

  private static Frame frame(String name) {
    Frame frame = GoldenFrames.all().get(name);
    assertNotNull(frame);
    return frame;
  }

  private static String resource(String file) {
    try (InputStream in = GoldenFrameTest.class.getResourceAsStream("/golden/" + file)) {
      assertNotNull(in, "no fixture " + file);
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new AssertionError(file, e);
    }
  }
}

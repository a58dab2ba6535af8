package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameArrayTest {
  private static @org.jspecify.annotations.Nullable List<byte[]> split(String text) {
    return FrameCodec.split(text.getBytes(UTF_8), 3);
  }

  private static List<String> elements(String text) {
    List<byte[]> elements = split(text);
    return elements == null
        ? List.of("none")
        : elements.stream().map(bytes -> new String(bytes, UTF_8)).toList();
  }

  @Test
  void everyElementIsCutOutAsItStands() {
    assertEquals(List.of(), elements(" [ ] "));
    assertEquals(
        List.of("{\"action\":0}", "{ \"a\" : [ {\"é🌊\":\"]}\"} ] }"),
        elements("[{\"action\":0} ,\n { \"a\" : [ {\"é🌊\":\"]}\"} ] }]"));
  }

  @Test
  void whatIsNoObjectIsNoFrame() {
    assertEquals(List.of("", "", ""), elements("[1,\"{\\\"action\\\":0}\",[{\"action\":0}]]"));
    assertInstanceOf(Decoded.Unreadable.class, FrameCodec.decode(Format.JSON, new byte[0]));
  }

  @Test
  void aBoundIsKept() {
    assertEquals(3, elements("[{},{},{}]").size());
    assertNull(split("[{},{},{},{}]"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "{}", "[{}", "[{}]]", "[{},]", "[{}] {}", "[{\"a\":]}", "7"})
  void whatIsNoArrayIsRefusedWhole(String text) {
    assertNull(split(text));
  }
}

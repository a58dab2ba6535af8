package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyCodecTest {
  @Test
  void oneMessageAndAnArrayAreBothRead() {
    assertEquals(1, messages("{\"name\":\"a\"}").size());
    assertEquals(2, messages("[{\"name\":\"a\"},{\"name\":\"b\"}]").size());
    assertEquals(0, messages("[]").size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "null", "7", "\"x\"", "[1]", "[null]", "{\"name\":1}", "{} {}", "[{}", "{"})
  void badBodiesAreRefused(String body) {
    assertInstanceOf(
        DecodedMessages.Refused.class, BodyCodec.decodeMessages(Format.JSON, body.getBytes(UTF_8)));
  }

  @Test
  void aPatchHoldsOneMessage() {
    assertInstanceOf(
        DecodedMessages.Refused.class,
        BodyCodec.decodeMessage(Format.JSON, "[{}]".getBytes(UTF_8)));
  }

  @Test
  void anErrorIsWrapped() {
    ErrorInfo error = new ErrorInfo(40400, 404, "Gone.", null);
    assertEquals(
        "{\"error\":{\"code\":40400,\"statusCode\":404,\"message\":\"Gone.\"}}",
        new String(BodyCodec.encodeError(error, Format.JSON), UTF_8));
    assertEquals(
        Map.of("error", Map.of("code", 40400L, "statusCode", 404L, "message", "Gone.")),
        BodyCodec.decodeTree(Format.MSGPACK, BodyCodec.encodeError(error, Format.MSGPACK)));
  }

  @Test
  void treesComeBackFromBothFormats() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("text", "é🌊");
    tree.put("long", 1_700_000_000_123L);
    tree.put("float", 1.5);
    tree.put("flag", true);
    tree.put("list", List.of(1L, Map.of(), List.of("x")));
    for (Format format : Format.values()) {
      assertEquals(tree, BodyCodec.decodeTree(format, BodyCodec.encodeTree(tree, format)));
    }
  }

  @Test
  void timeIsAnArrayOfOneNumber() {
    assertEquals("[5]", new String(BodyCodec.encodeTree(List.of(5), Format.JSON), UTF_8));
    assertEquals(
        "9105", HexFormat.of().formatHex(BodyCodec.encodeTree(List.of(5), Format.MSGPACK)));
  }

  @Test
  void messagesStandInsideTrees() {
    Message message =
        new Message(
            MessageAction.CREATE, null, "n", null, null, null, null, null, 0, null, null, null);
    assertEquals(
        "{\"response\":[{\"action\":0,\"name\":\"n\"}]}",
        new String(BodyCodec.encodeTree(Map.of("response", List.of(message)), Format.JSON), UTF_8));
  }

  @Test
  void malformedTreesReadAsNull() {
    assertNull(BodyCodec.decodeTree(Format.JSON, "{\"a\":".getBytes(UTF_8)));
    assertNull(BodyCodec.decodeTree(Format.JSON, "1 2".getBytes(UTF_8)));
    assertNull(BodyCodec.decodeTree(Format.MSGPACK, new byte[] {(byte) 0xc1}));
  }

  @Property
  void randomBodiesNeverThrow(@ForAll byte[] body, @ForAll Format format) {
    BodyCodec.decodeMessages(format, body);
    BodyCodec.decodeTree(format, body);
  }

  private static List<Message> messages(String json) {
    DecodedMessages decoded = BodyCodec.decodeMessages(Format.JSON, json.getBytes(UTF_8));
    return assertInstanceOf(DecodedMessages.Ok.class, decoded).messages();
  }
}

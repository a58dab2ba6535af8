package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileInputTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "c1", // never assigned
        "dfffffffff", // a map of four thousand million
        "de ffff",
        "81 a1", // text that is not there
        "81 a1 61 c6 ffffffff 00", // bytes of 4 GiB
        "81 a1 61 c9 ffffffff 05 00", // an extension of 4 GiB
        "81 a1 61 dd ffffffff", // an array of four thousand million
        "81 a1 61 db 7fffffff 61",
        "81 a1 61 d9",
        "81 a1 61 cb 00",
        "81 c0 00", // nil for a key
        "81 90 00", // an array for a key
        "81 d4 0000 00", // an extension for a key
        "90", // an array for a frame
        "c0",
        "81 a6 616374696f6e 00 00", // a byte too many
        "81 a6 616374696f6e c0", // action nil
        "81 a6 616374696f6e a130", // action as text
        "81 a6 616374696f6e cfffffffffffffffff", // action out of range
        "80"
      })
  void malformedMsgpackIsUnreadable(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    unreadable(Format.MSGPACK, bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "15",
        "\"x\"",
        "{",
        "{}",
        "{\"action\":}",
        "{\"action\":0}}",
        "{\"action\":0} {\"action\":0}",
        "{\"action\":\"0\"}",
        "{\"action\":-1}",
        "{\"action\":0.5}",
        "{\"action\":99999999999999999999}",
        "{\"action\":0,\"id\":\"\u0001\"}",
        "{action:0}",
        "{'action':0}",
        "{\"action\":00}",
        "\uFEFF"
      })
  void malformedJsonIsUnreadable(String json) {
    unreadable(Format.JSON, json.getBytes(UTF_8));
  }

  @Test
  void jsonThatIsNotUtf8IsUnreadable() {
    byte[] bytes = "{\"action\":0,\"id\":\"?\"}".getBytes(UTF_8);
    bytes[bytes.length - 3] = (byte) 0xff;
    unreadable(Format.JSON, bytes);
  }

  @Test
  void deepJsonIsUnreadable() {
    String deep = "[".repeat(100_000);
    unreadable(Format.JSON, ("{\"action\":15,\"x\":" + deep).getBytes(UTF_8));
    String closed = "[".repeat(70) + "]".repeat(70);
    unreadable(Format.JSON, ("{\"action\":15,\"x\":" + closed + "}").getBytes(UTF_8));
  }

  @Test
  void deepMsgpackIsUnreadable() {
    byte[] deep = new byte[100_000];
    java.util.Arrays.fill(deep, (byte) 0x91);
    deep[0] = (byte) 0x81;
    deep[1] = (byte) 0xa0;
    unreadable(Format.MSGPACK, deep);
  }

  @Test
  void anErrorTellsWhereButNothingOfWhatWasSent() {
    byte[] bytes = "{\"action\":17,\"auth\":{\"accessToken\":\"secret\" oops".getBytes(UTF_8);
    Decoded.Unreadable unreadable =
        assertInstanceOf(Decoded.Unreadable.class, FrameCodec.decode(Format.JSON, bytes));
    String message = unreadable.error().message();
    assertTrue(message.contains("near byte"), message);
    assertTrue(!message.contains("secret") && !message.contains("oops"), message);
  }

  private static void unreadable(Format format, byte[] bytes) {
    Decoded decoded = FrameCodec.decode(format, bytes);
    Decoded.Unreadable unreadable = assertInstanceOf(Decoded.Unreadable.class, decoded);
    assertEquals(40000, unreadable.error().code());
    assertEquals(400, unreadable.error().statusCode());
  }
}

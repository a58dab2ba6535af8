package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a publisher writes in one format, readers of the other get in theirs. */
class TranscodingTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"data":"text"}|81a464617461a474657874
          {"data":""}|81a464617461a0
          {"data":"AP8=","encoding":"base64"}|81a464617461c40200ff
          {"data":"","encoding":"base64"}|81a464617461c400
          {"data":"AP8=","encoding":"utf-8/base64"}|82a464617461c40200ffa8656e636f64696e67a57574662d38
          {"data":"[1]","encoding":"json"}|82a464617461a35b315da8656e636f64696e67a46a736f6e
          """)
  void dataCrossesBetweenTheFormats(String json, String msgpack) {
    Message fromJson = message(Format.JSON, json.getBytes(UTF_8));
    Message fromMsgpack = message(Format.MSGPACK, HexFormat.of().parseHex(msgpack));
    assertEquals(fromJson, fromMsgpack);
    String inJson = "{\"action\":0," + json.substring(1);
    assertEquals(
        "[" + inJson + "]",
        new String(BodyCodec.encodeMessages(List.of(fromMsgpack), Format.JSON), UTF_8));
    // An array of one map with one entry more, the action first.
    int entries = Integer.parseInt(msgpack.substring(1, 2)) + 1;
    assertEquals(
        "918" + entries + "a6616374696f6e00" + msgpack.substring(2),
        HexFormat.of().formatHex(BodyCodec.encodeMessages(List.of(fromJson), Format.MSGPACK)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          {"data":{"a": [1, 2.50, null]}}|{"a":[1,2.50,null]}|json
          {"data":[ ],"encoding":""}|[]|json
          {"data":7,"encoding":"x"}|7|x/json
          {"data":false}|false|json
          """)
  void dataThatIsNeitherTextNorBytesBecomesJson(String json, String data, String encoding) {
    Message message = message(Format.JSON, json.getBytes(UTF_8));
    assertEquals(Data.text(data), message.data());
    assertEquals(encoding, message.encoding());
  }

  @Test
  void structuredMsgpackDataBecomesJsonWithBytesAsBase64() {
    // {"data": {"b": bin 00ff, "n": 1}}
    Message message =
        message(Format.MSGPACK, HexFormat.of().parseHex("81a46461746182a162c40200ffa16e01"));
    assertEquals(Data.text("{\"b\":\"AP8=\",\"n\":1}"), message.data());
    assertEquals("json", message.encoding());
  }

  @Test
  void nilDataIsAbsent() {
    Message message = message(Format.MSGPACK, HexFormat.of().parseHex("81a464617461c0"));
    assertEquals(null, message.data());
    assertEquals(
        "9181a6616374696f6e00",
        HexFormat.of().formatHex(BodyCodec.encodeMessages(List.of(message), Format.MSGPACK)));
  }

  @Test
  void extrasCrossBothWays() {
    String extras =
        "{\"s\":\"é🌊\\\"\",\"n\":[1,-5,4294967296,18446744073709551615],\"f\":0.5,\"z\":null}";
    Message message = message(Format.JSON, ("{\"extras\":" + extras + "}").getBytes(UTF_8));
    byte[] msgpack = BodyCodec.encodeMessages(List.of(message), Format.MSGPACK);
    DecodedMessages.Ok back =
        assertInstanceOf(
            DecodedMessages.Ok.class, BodyCodec.decodeMessages(Format.MSGPACK, msgpack));
    assertEquals(List.of(message), back.messages());
    assertEquals(extras, assertInstanceOf(Extras.class, message.extras()).json());
  }

  @Test
  void numbersBeyondMsgpackBecomeFloats() {
    Message message =
        message(Format.JSON, "{\"extras\":{\"n\":100000000000000000000}}".getBytes(UTF_8));
    byte[] msgpack = BodyCodec.encodeMessages(List.of(message), Format.MSGPACK);
    assertTrue(HexFormat.of().formatHex(msgpack).contains("a16ecb4415af1d78b58c40"));
  }

  @Test
  void whatTheServerActsOnIsReadFromExtras() {
    assertEquals(
        new Extras("{\"ephemeral\":true}", true, false, null), Extras.of("{\"ephemeral\":true}"));
    String status = "{\"ai\":{\"codec\":[{}],\"transport\":{\"x\":{},\"status\":\"complete\"}}}";
    assertEquals(new Extras(status, false, false, "complete"), Extras.of(status));
    String odd = "{\"ephemeral\":\"true\",\"ai\":[{\"transport\":{\"status\":\"x\"}}]}";
    assertEquals(new Extras(odd, false, false, null), Extras.of(odd));
  }

  private static Message message(Format format, byte[] body) {
    DecodedMessages decoded = BodyCodec.decodeMessage(format, body);
    return assertInstanceOf(DecodedMessages.Ok.class, decoded).messages().getFirst();
  }
}

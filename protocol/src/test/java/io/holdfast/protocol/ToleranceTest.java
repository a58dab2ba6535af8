package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToleranceTest {
  @Test
  void anUnknownActionKeepsItsChannelAndSerial() {
    assertEquals(
        new Frame.Unknown(42, "room", 0),
        ok("{\"action\":42,\"channel\":\"room\",\"msgSerial\":0,\"messages\":[1]}"));
  }

  @Test
  void aNumberBelowZeroIsNone() {
    assertEquals(
        ok("{\"action\":15,\"channel\":\"room\"}"),
        ok("{\"action\":15,\"channel\":\"room\",\"msgSerial\":-7}"));
  }

  @Test
  void unknownFieldsAreSkipped() {
    assertEquals(
        new Frame.Detach("room"),
        ok("{\"new\":{\"a\":[1,{\"b\":null}]},\"channel\":\"room\",\"x\":1.5,\"action\":12}"));
  }

  @Test
  void unknownExtensionTypesAreSkipped() {
    // {"action": 0, "t": timestamp extension, "u": extension of 3 bytes}
    byte[] bytes = HexFormat.of().parseHex("83a6616374696f6e00a174d6ff5f5e1000a175c70305010203");
    assertEquals(
        new Decoded.Ok(new Frame.Heartbeat(null)), FrameCodec.decode(Format.MSGPACK, bytes));
  }

  @Test
  void explicitNullsAreAbsent() {
    assertEquals(
        new Frame.Messages("room", List.of(emptyMessage()), -1, null, null, null, 0, Map.of()),
        ok(
            """
            {"action":15,"channel":"room","id":null,"connectionId":null,"channelSerial":null,
             "msgSerial":null,"timestamp":null,"params":null,"error":null,"messages":[
              {"action":null,"id":null,"name":null,"data":null,"encoding":null,"clientId":null,
               "timestamp":null,"extras":null,"serial":null,"version":null}]}
            """));
    assertEquals(
        new Frame.ProtocolError(null, new ErrorInfo(1, 0, "", null)),
        ok("{\"action\":9,\"channel\":null,\"error\":{\"code\":1,\"message\":null}}"));
  }

  @Test
  void theLastOfDuplicateKeysWins() {
    assertEquals(
        new Frame.Detach("b"),
        ok("{\"action\":10,\"channel\":\"a\",\"action\":12,\"channel\":\"b\"}"));
  }

  @Test
  void numbersMayBeWrittenAsFloats() {
    assertEquals(new Frame.Unknown(30, null, 5), ok("{\"action\":30.0,\"msgSerial\":5.0}"));
  }

  @Test
  void publishParamsMayBeScalars() {
    Frame.Messages frame =
        assertInstanceOf(
            Frame.Messages.class,
            ok(
                "{\"action\":15,\"channel\":\"c\",\"params\":{\"_forceNack\":true,\"n\":7,\"s\":\"x\"}}"));
    assertEquals(Map.of("_forceNack", "true", "n", "7", "s", "x"), frame.params());
  }

  @Test
  void loneSurrogatesAreReplaced() {
    assertEquals(new Frame.Detach("a\uFFFDb"), ok("{\"action\":12,\"channel\":\"a\\ud800b\"}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"name":5}|40000
          {"id":{}}|40000
          {"timestamp":"now"}|40000
          {"timestamp":99999999999999999999}|40000
          {"action":6}|40000
          {"action":-1}|40000
          {"version":[]}|40000
          {"version":{"metadata":"x"}}|40000
          {"extras":"x"}|40032
          {"extras":[1]}|40032
          {"data":"%%%","encoding":"base64"}|40013
          {"encoding":"utf-8/base64","data":"a"}|40013
          {"data":{},"encoding":"base64"}|40013
          "text"|40000
          null|40000
          """)
  void aBadItemIsRefusedWithWhatIsKnown(String item, int code) {
    // The serial and the channel come after the fault.
    Decoded decoded =
        decode("{\"action\":15,\"messages\":[" + item + "],\"msgSerial\":0,\"channel\":\"room\"}");
    Decoded.Refused refused = assertInstanceOf(Decoded.Refused.class, decoded);
    assertEquals(15, refused.action());
    assertEquals("room", refused.channel());
    assertEquals(0, refused.msgSerial());
    assertEquals(code, refused.error().code(), refused.error().message());
  }

  @Test
  void aFrameWithoutItsChannelIsRefused() {
    Decoded.Refused refused =
        assertInstanceOf(Decoded.Refused.class, decode("{\"action\":15,\"msgSerial\":4}"));
    assertEquals(4, refused.msgSerial());
    assertEquals(null, refused.channel());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"action\":15,\"channel\":\"room\",\"msgSerial\":7.5,\"messages\":[{}]}",
        "{\"action\":14,\"channel\":\"room\",\"msgSerial\":\"7\",\"presence\":[]}",
        "{\"action\":21,\"channel\":\"room\",\"annotations\":7}",
        "{\"action\":15,\"channel\":\"room\",\"msgSerial\":-1,\"messages\":7}",
        "{\"action\":15,\"channel\":\"room\",\"params\":7,\"messages\":[{}]}",
        "{\"action\":14,\"channel\":\"room\",\"id\":7,\"presence\":[{\"action\":2}]}",
      })
  void aRefusedPublishWithoutANumberDoesNotFailItsChannel(String json) {
    Decoded.Refused refused = assertInstanceOf(Decoded.Refused.class, decode(json));
    assertEquals(-1, refused.msgSerial());
    assertEquals(null, refused.channel());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"id\":7",
        "\"timestamp\":7.5",
        "\"flags\":{}",
        "\"params\":7",
        "\"count\":\"x\"",
        "\"connectionId\":[]",
        "\"error\":7",
        "\"auth\":7",
        "\"messages\":{}",
        "\"presence\":{}",
      })
  void aFieldOfTheWrongTypeIsRefusedByTheFramesNumber(String field) {
    String json = "{\"action\":15,\"channel\":\"room\",\"msgSerial\":7," + field + "}";
    Decoded.Refused refused = assertInstanceOf(Decoded.Refused.class, decode(json));
    assertEquals(7, refused.msgSerial());
  }

  @Test
  void aRefusedAttachIsItsChannels() {
    Decoded.Refused refused =
        assertInstanceOf(
            Decoded.Refused.class, decode("{\"action\":10,\"channel\":\"room\",\"flags\":7.5}"));
    assertEquals("room", refused.channel());
  }

  @Test
  void anErrorForTheEmptyChannelIsNotTheConnections() {
    String empty =
        new String(
            FrameCodec.encode(
                new Frame.ProtocolError("", ErrorCode.INVALID_CHANNEL_NAME.info()), Format.JSON),
            UTF_8);
    assertTrue(empty.contains("\"channel\":\"\""), empty);
    String connection =
        new String(
            FrameCodec.encode(
                new Frame.ProtocolError(null, ErrorCode.INVALID_CREDENTIALS.info()), Format.JSON),
            UTF_8);
    assertTrue(!connection.contains("channel\""), connection);
  }

  private static Frame ok(String json) {
    return assertInstanceOf(Decoded.Ok.class, decode(json)).frame();
  }

  private static Decoded decode(String json) {
    return FrameCodec.decode(Format.JSON, json.getBytes(UTF_8));
  }

  private static Message emptyMessage() {
    return new Message(
        MessageAction.CREATE, null, null, null, null, null, null, null, 0, null, null, null);
  }
}

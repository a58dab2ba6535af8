package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.holdfast.objects.CounterObject;
import io.holdfast.objects.MapEntry;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.Operation;
import io.holdfast.objects.Value;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectMessageTest {
  private static ObjectMessage read(int action, String message) {
    String frame =
        "{\"action\":" + action + ",\"channel\":\"c\",\"msgSerial\":0,\"state\":[" + message + "]}";
    Decoded.Ok ok =
        assertInstanceOf(Decoded.Ok.class, FrameCodec.decode(Format.JSON, frame.getBytes(UTF_8)));
    return ok.frame() instanceof Frame.Objects objects
        ? objects.state().getFirst()
        : ((Frame.ObjectSync) ok.frame()).state().getFirst();
  }

  @Test
  void aValueMayBeJsonByItsEncoding() {
    ObjectMessage read =
        read(
            19,
            "{\"operation\":{\"action\":1,\"objectId\":\"root\",\"mapSet\":{\"key\":\"k\","
                + "\"value\":{\"string\":\"[1]\",\"encoding\":\"json\",\"number\":null}}}}");
    assertEquals(new Operation.MapSet("root", "k", new Value.Json("[1]")), read.operation());
  }

  @Test
  void aCounterWithoutACountBeginsAtNothing() {
    ObjectMessage read =
        read(
            19, "{\"operation\":{\"action\":3,\"objectId\":\"counter:a@1\",\"counterCreate\":{}}}");
    assertEquals(new Operation.CounterCreate("counter:a@1", 0, null), read.operation());
  }

  @Test
  void anInitialValueIsReadAsJson() {
    ObjectMessage read =
        read(
            19,
            "{\"operation\":{\"action\":0,\"objectId\":\"map:a@1\",\"mapCreateWithObjectId\":"
                + "{\"nonce\":\"n\",\"initialValue\":\"{\\\"semantics\\\":0,\\\"entries\\\":"
                + "{\\\"b\\\":{\\\"data\\\":{\\\"bytes\\\":\\\"AAE=\\\"}}}}\"}}}");
    Operation.MapCreate create = assertInstanceOf(Operation.MapCreate.class, read.operation());
    assertEquals(
        Map.of("b", MapEntry.of(new Value.Bytes(new byte[] {0, 1}), null)), create.entries());
  }

  @Test
  void whatAnObjectWasCreatedWithIsAddedToItsState() {
    ObjectMessage map =
        read(
            20,
            "{\"object\":{\"objectId\":\"map:a@1\",\"siteTimeserials\":{},\"createOp\":{\"action\":0,"
                + "\"objectId\":\"map:a@1\",\"mapCreate\":{\"semantics\":0,\"entries\":{\"a\":{\"data\":"
                + "{\"number\":1}},\"b\":{\"data\":{\"number\":2}}}}},\"map\":{\"semantics\":0,"
                + "\"entries\":{\"a\":{\"timeserial\":\"1\",\"data\":{\"number\":3}}}}}}");
    MapObject read = assertInstanceOf(MapObject.class, map.object());
    assertEquals(new Value.Numeric(3), read.get("a"));
    assertEquals(new Value.Numeric(2), read.get("b"));
    ObjectMessage counter =
        read(
            20,
            "{\"object\":{\"objectId\":\"counter:a@1\",\"siteTimeserials\":{},\"tombstone\":false,"
                + "\"createOp\":{\"action\":3,\"objectId\":\"counter:a@1\",\"counterCreate\":"
                + "{\"count\":10}},\"counter\":{\"count\":5}}}");
    assertEquals(15, assertInstanceOf(CounterObject.class, counter.object()).value());
  }

  @Test
  void sizesCountKeysAndValues() {
    Operation create =
        new Operation.MapCreate(
            "map:a@1",
            Map.of(
                "é", MapEntry.of(new Value.Text("🌊"), null),
                "b", MapEntry.of(new Value.Bool(true), null),
                "r", MapEntry.of(new Value.Reference("map:b@1"), null)),
            null);
    assertEquals(2 + 4 + 1 + 1 + 1, MessageSize.of(create));
    assertEquals(8, MessageSize.of(new Operation.CounterInc("counter:a@1", 1)));
    assertEquals(
        3 + 4, MessageSize.of(new Operation.MapSet("root", "key", new Value.Json("[{}]"))));
    ObjectMessage message =
        new ObjectMessage(
            "not counted",
            "bob",
            null,
            Extras.of("{\"a\":1}"),
            0,
            new Operation.MapRemove("root", "key"),
            null,
            "not counted",
            0,
            null);
    assertEquals(3 + 7 + 3, MessageSize.of(message));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"objectId\":\"root\",\"mapRemove\":{\"key\":\"k\"}}",
        "{\"action\":1,\"mapSet\":{\"key\":\"k\",\"value\":{\"number\":1}}}",
        "{\"action\":1,\"objectId\":\"root\"}",
        "{\"action\":1,\"objectId\":\"root\",\"mapSet\":{\"key\":\"k\",\"value\":{}}}",
        "{\"action\":1,\"objectId\":\"root\",\"mapSet\":{\"key\":\"k\",\"value\":{\"json\":\"1\"}}}",
        "{\"action\":1,\"objectId\":\"root\",\"mapSet\":{\"key\":\"k\",\"value\":{\"json\":\"{\"}}}",
        "{\"action\":1,\"objectId\":\"root\",\"mapSet\":{\"key\":\"k\",\"value\":"
            + "{\"number\":1,\"string\":\"1\"}}}",
        "{\"action\":1,\"objectId\":\"root\",\"mapSet\":{\"key\":\"k\",\"value\":{\"bytes\":\"*\"}}}",
        "{\"action\":2,\"objectId\":\"root\",\"mapRemove\":{}}",
        "{\"action\":4,\"objectId\":\"counter:a@1\",\"counterInc\":{}}",
        "{\"action\":0,\"objectId\":\"map:a@1\",\"mapCreate\":{\"semantics\":1,\"entries\":{}}}",
        "{\"action\":0,\"objectId\":\"map:a@1\",\"mapCreate\":{\"entries\":{\"a\":{}}}}",
        "{\"action\":0,\"objectId\":\"map:a@1\",\"mapCreateWithObjectId\":{\"initialValue\":\"{}\"}}",
        "{\"action\":0,\"objectId\":\"map:a@1\",\"mapCreateWithObjectId\":"
            + "{\"initialValue\":\"[]\",\"nonce\":\"n\"}}",
        "{\"action\":0,\"objectId\":\"map:a@1\",\"mapCreateWithObjectId\":"
            + "{\"initialValue\":\"{\\\"entries\\\":{\\\"k\\\":null}}\",\"nonce\":\"n\"}}",
      })
  void anOperationThatSaysTooLittleIsRefused(String operation) {
    String frame =
        "{\"action\":19,\"channel\":\"c\",\"msgSerial\":3,\"state\":[{\"operation\":"
            + operation
            + "}]}";
    Decoded.Refused refused =
        assertInstanceOf(
            Decoded.Refused.class, FrameCodec.decode(Format.JSON, frame.getBytes(UTF_8)));
    assertEquals(3, refused.msgSerial());
    int code = refused.error().code();
    assertEquals(ErrorCode.INVALID_OBJECT_MESSAGE.number(), code, refused.error().message());
  }

  @Test
  void aNumberThatIsNoneIsRefused() {
    String frame =
        "{\"action\":19,\"channel\":\"c\",\"msgSerial\":3,\"state\":[{\"operation\":{\"action\":4,"
            + "\"objectId\":\"counter:a@1\",\"counterInc\":{\"number\":1e999}}}]}";
    assertInstanceOf(Decoded.Refused.class, FrameCodec.decode(Format.JSON, frame.getBytes(UTF_8)));
  }
}

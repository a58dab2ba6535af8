package io.holdfast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class MessageSizeTest {
  @Provide
  Arbitrary<String> texts() {
    return Frames.text();
  }

  @Test
  void nameClientIdDataAndExtrasCountInBytes() {
    Message message =
        new Message(
            MessageAction.CREATE,
            "not counted",
            "né",
            Data.text("🌊"),
            "json",
            "bob",
            "not counted",
            null,
            1,
            Extras.of("{\"a\":\"é\"}"),
            "not counted",
            null);
    assertEquals(3 + 4 + 3 + 10, MessageSize.of(message));
  }

  @Property
  void theJsonLengthIsWhatIsWritten(@ForAll("texts") String text, @ForAll byte[] bytes) {
    written(Data.text(text), 0);
    written(Data.binary(bytes), ",\"encoding\":\"base64\"".length());
  }

  private static void written(Data data, int more) {
    Message message =
        new Message(
            MessageAction.CREATE, null, null, data, null, null, null, null, 0, null, null, null);
    int whole = BodyCodec.encodeTree(message, Format.JSON).length;
    assertEquals(
        whole - "{\"action\":0,\"data\":\"\"}".length() - more, MessageSize.jsonLength(data));
  }
}

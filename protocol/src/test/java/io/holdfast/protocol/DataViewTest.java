package io.holdfast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Data that stands at the front of a longer array, as that of a message being appended to does. */
class DataViewTest {
  private static final byte[] LONGER = "It goes on and on".getBytes(StandardCharsets.UTF_8);

  @ParameterizedTest
  @EnumSource(Format.class)
  void nothingBehindTheViewIsWritten(Format format) {
    for (Data.Kind kind : Data.Kind.values()) {
      Data view = Data.view(kind, LONGER, 7);
      Message message =
          new Message(
              MessageAction.CREATE, null, null, view, null, null, null, null, 0, null, null, null);
      Frame frame = new Frame.Messages("c", List.of(message), -1, null, null, null, 0, Map.of());
      Decoded decoded = FrameCodec.decode(format, FrameCodec.encode(frame, format));
      assertEquals(new Decoded.Ok(frame), decoded);
    }
  }
}

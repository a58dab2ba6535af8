package io.holdfast.demoagent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.holdfast.sessions.Codec;
import io.holdfast.sessions.Piece;
import io.holdfast.sessions.Piece.StreamStatus;
import io.holdfast.sessions.Role;
import io.holdfast.sessions.UiMessage;
import io.holdfast.sessions.UiPart;
import io.holdfast.sessions.UiPart.ToolState;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FirstAnswerCodecTest {
  private static final Piece CALL =
      output("tool-input", Map.of("toolCallId", "c1", "toolName", "deploy"), Map.of());
  private static final Piece QUESTION =
      output("tool-approval-request", Map.of("toolCallId", "c1", "approvalId", "a1"), null);
  private static final Piece RESULT =
      output("tool-output-available", Map.of("toolCallId", "c1"), Map.of("output", "live"));

  private static Piece output(String kind, Map<String, String> fields, @Nullable Object data) {
    return new Piece(false, kind, fields, StreamStatus.NONE, data, "m1", Role.ASSISTANT);
  }

  private static Piece answer(boolean approved) {
    Map<String, String> fields = Map.of("toolCallId", "c1", "approved", Boolean.toString(approved));
    return new Piece(
        true, "tool-approval-response", fields, StreamStatus.NONE, null, "m1", Role.USER);
  }

  private static ToolState after(Piece... pieces) {
    Codec.Fold<UiMessage> fold = new FirstAnswerCodec().fold();
    for (Piece piece : pieces) {
      fold.add(piece);
    }
    UiPart last = fold.messages().getLast().message().parts().getLast();
    return assertInstanceOf(UiPart.Tool.class, last).state();
  }

  @Test
  void theFirstAnswerDecides() {
    assertEquals(ToolState.APPROVAL_REQUESTED, after(CALL, QUESTION));
    assertEquals(ToolState.OUTPUT_DENIED, after(CALL, QUESTION, answer(false), answer(true)));
    assertEquals(ToolState.APPROVAL_RESPONDED, after(CALL, QUESTION, answer(true), answer(false)));
  }

  @Test
  void whatTheToolGaveStays() {
    assertEquals(
        ToolState.OUTPUT_AVAILABLE, after(CALL, QUESTION, answer(true), RESULT, answer(false)));
  }
}

package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether it sees what a reader must not miss: tokens lost, doubled, out of order, or strayed. */
class HeardAnswerTest {
  private final List<Integer> arrived = new ArrayList<>();
  private final HeardAnswer answer = new HeardAnswer(new TokenPlan(2, 5, 50), 1, arrived::add);

  private static HeardMessage message(int action, String data) {
    return new HeardMessage(action, "s1", data, true, false);
  }

  private void created() {
    answer.take(new HeardMessage(HeardMessage.CREATE, "s0", "Finish", false, false));
    answer.take(message(HeardMessage.CREATE, ""));
  }

  private void append(String data) {
    answer.take(message(HeardMessage.APPEND, data));
  }

  private void end(int action, String data) {
    answer.take(new HeardMessage(action, "s1", data, true, true));
  }

  @Test
  void tokensArriveOneByOneOrSeveralAtOnce() {
    created();
    append(" 5");
    append(" 6 7 8");
    append(" 9");
    assertFalse(answer.complete());
    end(HeardMessage.APPEND, "");
    assertTrue(answer.complete());
    assertNull(answer.trouble());
    assertEquals(List.of(0, 1, 2, 3, 4), arrived);
    assertEquals(0, answer.mended());
  }

  @Test
  void aLostTokenIsSeen() {
    created();
    append(" 5 7");
    end(HeardMessage.APPEND, "");
    assertFalse(answer.complete());
    assertEquals("Answer 1, after 1 tokens: ' 7' where ' 6' was next.", answer.trouble());
  }

  @Test
  void aLostTokenThatIsSentAgainArrivesThen() {
    created();
    append(" 5 7");
    append(" 8");
    answer.take(message(HeardMessage.UPDATE, " 5 6 7 8"));
    append(" 9");
    end(HeardMessage.APPEND, "");
    assertTrue(answer.complete());
    assertNull(answer.trouble());
    assertEquals(1, answer.mended());
    assertEquals(List.of(0, 1, 2, 3, 4), arrived);
  }

  @Test
  void anEndThatMendsIsAnEnd() {
    created();
    append(" 5 7");
    end(HeardMessage.APPEND, "");
    end(HeardMessage.UPDATE, " 5 6 7 8 9");
    assertTrue(answer.complete());
    assertNull(answer.trouble());
  }

  @Test
  void aDoubledTokenIsSeen() {
    created();
    append(" 5 6");
    append(" 6");
    end(HeardMessage.APPEND, "");
    assertEquals("Answer 1, after 2 tokens: ' 6' where ' 7' was next.", answer.trouble());
  }

  @Test
  void tokensOfAnotherAnswerAreSeen() {
    created();
    append(" 5");
    append(" 1");
    end(HeardMessage.UPDATE, " 5 1");
    assertEquals("Answer 1, after 1 tokens: ' 1' where ' 6' was next.", answer.trouble());
  }

  @Test
  void anUpdateThatTakesTokensBackIsSeen() {
    created();
    append(" 5 6 7");
    answer.take(message(HeardMessage.UPDATE, " 5 6"));
    assertEquals(
        "Answer 1, after 3 tokens: an update with fewer than the 3 tokens that came before.",
        answer.trouble());
  }

  @Test
  void moreThanWasPlannedIsSeen() {
    created();
    end(HeardMessage.UPDATE, " 5 6 7 8 9 10");
    assertEquals(
        "Answer 1, after 5 tokens: ' 10' where 'nothing more' was next.", answer.trouble());
  }

  @Test
  void anotherMessageIsSeen() {
    created();
    answer.take(new HeardMessage(HeardMessage.APPEND, "s2", " 5", true, false));
    assertEquals("Answer 1, after 0 tokens: an append to message s2.", answer.trouble());
  }

  @Test
  void readsAMessageAmongOthers() throws IOException {
    String frame =
        """
        [{"name":"ai-output","action":0,"serial":"s1","data":"","version":{"serial":"v0"},
        "extras":{"ai":{"transport":{"stream":"true","status":"streaming"},"codec":{"status":"x"}}}},
        {"action":5,"serial":"s1","data":" 5","version":{"serial":"v1"},
        "extras":{"ai":{"transport":{"status":"complete","stream":"true"}}}},{"data":{"data":"no"}}]
        """;
    try (var json = new JsonFactory().createParser(frame)) {
      for (int i = 0; i < 2; i++) {
        var _ = json.nextToken();
      }
      assertEquals(
          new HeardMessage(HeardMessage.CREATE, "s1", "", true, false), HeardMessage.read(json));
      var _ = json.nextToken();
      assertEquals(
          new HeardMessage(HeardMessage.APPEND, "s1", " 5", true, true), HeardMessage.read(json));
      var _ = json.nextToken();
      assertEquals(
          new HeardMessage(HeardMessage.CREATE, "", "", false, false), HeardMessage.read(json));
    }
  }
}

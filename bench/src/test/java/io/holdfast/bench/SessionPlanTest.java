package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Whether a page that is not what the session holds is seen. */
class SessionPlanTest {
  private static final SessionPlan PLAN = new SessionPlan(6, 3);

  private static byte[] page(String... texts) {
    var json = new StringBuilder("[");
    for (String text : texts) {
      json.append(json.length() > 1 ? "," : "")
          .append("{\"action\":1,\"data\":\"")
          .append(text)
          .append("\",\"version\":{\"serial\":\"v\"}}");
    }
    return json.append("]").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] page(SessionPlan plan) {
    String[] texts = new String[plan.messages()];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = plan.text(plan.messages() - 1 - i);
    }
    return page(texts);
  }

  private static String fault(byte[] page) {
    return String.valueOf(assertThrows(LoadFailure.class, () -> PLAN.check(page)).getMessage());
  }

  @Test
  void questionsAndAnswersTakeTurns() {
    assertEquals(" 6 7 8", PLAN.text(5));
    assertEquals(200, PLAN.text(4).length());
    assertDoesNotThrow(() -> PLAN.check(page(PLAN)));
  }

  @Test
  void aTokenThatIsMissingIsSeen() {
    assertEquals(
        "Message 5 came with another text than it was sent:  6 8 and not  6 7 8.",
        fault(page(" 6 8")));
  }

  @Test
  void aMessageInAnothersPlaceIsSeen() {
    assertEquals(
        "Message 4 came with another text than it was sent:  3 4 5 and not " + PLAN.text(4) + ".",
        fault(page(PLAN.text(5), PLAN.text(3))));
  }

  @Test
  void aPageThatIsNotFullIsSeen() {
    assertEquals("The page has 2 messages.", fault(page(PLAN.text(5), PLAN.text(4))));
  }
}

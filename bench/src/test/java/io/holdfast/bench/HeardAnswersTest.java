package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether frames as the server sends them are told apart and read without a parser. */
class HeardAnswersTest {
  private static final TokenPlan PLAN = new TokenPlan(13, 3, 50);

  private final List<String> arrived = new ArrayList<>();
  private final HeardAnswers answers = new HeardAnswers();

  HeardAnswersTest() {
    answers.expect(PLAN, 2, (answer, token) -> arrived.add(answer + "." + token));
    answers.expect(PLAN, 12, (answer, token) -> arrived.add(answer + "." + token));
  }

  private void take(int answer, int action, String data) {
    String text =
        "{\"action\":15,\"channel\":\"c\",\"id\":\"x:1\",\"channelSerial\":\"p-1\",\"messages\":["
            + "{\"action\":%d,\"name\":\"answer-%d\",\"data\":\"%s\",\"timestamp\":1,"
                .formatted(action, answer, data)
            + "\"serial\":\"s-%d\",\"version\":{\"serial\":\"v-9\"}}]}".formatted(answer);
    ByteBuf buf = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    answers.take(buf, 0, buf.writerIndex());
  }

  private void create() {
    take(2, HeardMessage.CREATE, "");
    take(12, HeardMessage.CREATE, "");
  }

  @Test
  void answersAreReadSideBySide() {
    create();
    take(12, HeardMessage.APPEND, " 36 37");
    take(2, HeardMessage.APPEND, " 6");
    take(12, HeardMessage.APPEND, " 38");
    assertFalse(answers.whole());
    take(2, HeardMessage.UPDATE, " 6 7 8");
    assertTrue(answers.whole());
    assertNull(answers.trouble());
    assertEquals(List.of("12.0", "12.1", "2.0", "12.2", "2.1", "2.2"), arrived);
    assertEquals(6, answers.tokens());
    assertEquals(6, answers.frames());
    assertEquals(1, answers.mended());
  }

  @Test
  void aLostTokenIsSeen() {
    create();
    take(12, HeardMessage.APPEND, " 37");
    assertEquals("Answer 12, after 0 tokens: ' 37' where ' 36' was next.", answers.trouble());
  }

  @Test
  void anAnswerThatIsNotReadIsSeen() {
    create();
    take(3, HeardMessage.CREATE, "");
    assertTrue(String.valueOf(answers.trouble()).startsWith("A message of no answer that is read"));
  }
}

package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/** What one reader has of the answers it reads, of {@link AnswerWriters}; on its event loop. */
final class HeardAnswers {
  private static final byte[] NAME_AND_NUMBER =
      ("\"name\":\"" + AnswerWriters.NAME).getBytes(StandardCharsets.UTF_8);

  private final Map<Integer, HeardAnswer> byNumber = new HashMap<>();
  private long frames;
  private long bytes;
  private @Nullable String stray;

  /**
   * Expects one more answer of the plan.
   *
   * @param arrived told of each token that comes for the first time, with its answer's number
   */
  void expect(TokenPlan plan, int answer, ObjIntConsumer<Integer> arrived) {
    byNumber.put(answer, new HeardAnswer(plan, answer, token -> arrived.accept(answer, token)));
  }

  /** A frame of messages. */
  void take(ByteBuf buf, int from, int to) {
    frames++;
    bytes += to - from;
    HeardAnswer answer = byNumber.get((int) Wire.number(buf, from, to, NAME_AND_NUMBER));
    if (answer == null) {
      stray = "A message of no answer that is read: " + Load.text(buf, from, to);
    } else {
      answer.take(HeardMessage.scan(buf, from, to));
    }
  }

  boolean whole() {
    return byNumber.values().stream().allMatch(HeardAnswer::whole);
  }

  long tokens() {
    return byNumber.values().stream().mapToLong(HeardAnswer::tokens).sum();
  }

  long frames() {
    return frames;
  }

  long bytes() {
    return bytes;
  }

  /** How often all of a text was sent again. */
  long mended() {
    return byNumber.values().stream().mapToLong(HeardAnswer::mended).sum();
  }

  /** What was not as planned, the first of it; or null. */
  @Nullable String trouble() {
    for (HeardAnswer answer : byNumber.values()) {
      String trouble = answer.trouble();
      if (trouble != null) {
        return trouble;
      }
    }
    return stray;
  }
}

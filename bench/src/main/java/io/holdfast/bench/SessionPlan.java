package io.holdfast.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** What a session holds: questions and streamed answers, by turns. */
record SessionPlan(int messages, int tokens) {
  static final int PAGE = 100;

  private static final int QUESTION_BYTES = 200;

  boolean isAnswer(int message) {
    return message % 2 == 1;
  }

  /** One token of an answer; numbered through all answers, so each belongs in one place only. */
  String token(int message, int token) {
    return answers().token(message / 2, token);
  }

  /** All that a message says once it is whole. */
  String text(int message) {
    var text = new StringBuilder();
    if (isAnswer(message)) {
      for (int i = 0; i < tokens; i++) {
        text.append(token(message, i));
      }
    } else {
      text.append("question ").append(message).append(' ');
      text.append("?".repeat(QUESTION_BYTES - text.length()));
    }
    return text.toString();
  }

  private static String shortened(String text) {
    return text.length() > 300 ? text.substring(0, 300) + "..." : text;
  }

  private TokenPlan answers() {
    return new TokenPlan(messages / 2, tokens, 1);
  }

  /** Fails unless a page is the newest of the session, newest first, with every text right. */
  void check(byte[] page) {
    int expected = messages;
    try (JsonParser json = new JsonFactory().createParser(page)) {
      var _ = json.nextToken();
      while (json.nextToken() == JsonToken.START_OBJECT) {
        expected--;
        String came = HeardMessage.read(json).data();
        if (!came.equals(text(expected))) {
          throw new LoadFailure(
              "Message %d came with another text than it was sent: %s and not %s."
                  .formatted(expected, shortened(came), shortened(text(expected))));
        }
      }
    } catch (IOException e) {
      throw new LoadFailure("The page cannot be read: " + e, e);
    }
    if (messages - expected != Math.min(PAGE, messages)) {
      throw new LoadFailure("The page has " + (messages - expected) + " messages.");
    }
  }
}

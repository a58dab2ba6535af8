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
        if (!HeardMessage.read(json).data().equals(text(expected))) {
          throw new LoadFailure(
              "Message " + expected + " came with another text than it was sent.");
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

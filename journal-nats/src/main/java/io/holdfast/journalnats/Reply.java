package io.holdfast.journalnats;

import io.nats.client.Message;
import java.util.List;

/** What came of one request. */
sealed interface Reply {
  /**
   * An answer.
   *
   * @param messages all that came but the one that ended it
   * @param status how a reply of many ended, 204 when all is well; 0 for one of one
   */
  record Answer(List<Message> messages, int status) implements Reply {}

  /** Nobody listens: certainly nothing was done. */
  record Nobody() implements Reply {}

  /** Not sent: certainly nothing was done. */
  record Unsent(String why) implements Reply {}

  /** No answer in time, or the connection broke: it may have been done. */
  record Silence() implements Reply {}
}

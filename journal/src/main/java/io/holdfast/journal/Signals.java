package io.holdfast.journal;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The port to what nodes tell one another and nobody keeps: at most once, and lost when nobody
 * listens or the way is cut. What one sender sends and asks arrives, as far as it does, in the
 * order of the calls, whatever the topics. A sender hears itself if it listens.
 *
 * <p>A topic is one or more words of {@code [a-zA-Z0-9_-]} joined by dots. Calls never block.
 * Listeners are called, and futures complete, on a thread of the engine's, one at a time (on the
 * caller's, where the answer is known at once); they must only hand over. Where too much waits,
 * what comes is dropped. Bytes are not to be changed once they were given.
 */
public interface Signals {
  /** What a topic looks like. */
  Pattern TOPIC = Pattern.compile("[a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)*");

  /**
   * Sends to all that listen now.
   *
   * @throws IllegalArgumentException when it is larger than {@link #largest}
   */
  void send(String topic, byte[] bytes);

  /** Hears what is sent on a topic from about now on. */
  Journal.Subscription listen(String topic, Consumer<byte[]> listener);

  /**
   * Asks whoever answers on a topic.
   *
   * @param patience ms after which silence is taken for no answer
   * @return the first answer, or null when there is none: at once when nobody answers on the topic,
   *     when the first that replies has no answer, or when nothing can be sent; else after {@code
   *     patience}
   * @throws IllegalArgumentException when it is larger than {@link #largest}
   */
  CompletableFuture<byte @Nullable []> ask(String topic, byte[] question, long patience);

  /** Answers what is asked on a topic from about now on. */
  Journal.Subscription answer(String topic, Answerer answerer);

  /** The bytes that a message, a question or an answer may have. */
  int largest();

  /** Answers questions. */
  interface Answerer {
    /** May complete on any thread. A failure, or an answer that is too large, is told as none. */
    CompletableFuture<byte[]> answer(byte[] question);
  }

  /** For those who implement this: refuses what is no topic. */
  static void check(String topic) {
    if (!TOPIC.matcher(topic).matches()) {
      throw new IllegalArgumentException(
          "a topic is words of letters, digits, - and _ joined by dots, and not '" + topic + "'");
    }
  }

  /** For those who implement this: refuses what is too large. */
  static void check(String topic, byte[] bytes, int largest) {
    check(topic);
    if (bytes.length > largest) {
      throw new IllegalArgumentException(
          (bytes.length + " bytes are too many for one signal on " + topic)
              + ("; at most " + largest + " go, so send it in parts"));
    }
  }
}

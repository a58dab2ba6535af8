package io.holdfast.sessions;

import java.security.SecureRandom;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * How a session works.
 *
 * @param historyPageSize how many wire messages of history are asked for at once, 1 to 1000
 * @param executor runs listeners and hooks, which may block
 * @param random where ids come from; they are guarded by nothing but being hard to guess
 */
public record SessionOptions(int historyPageSize, Executor executor, RandomGenerator random) {
  /** Refuses page sizes out of range. */
  public SessionOptions {
    if (historyPageSize < 1 || historyPageSize > 1_000) {
      throw SessionError.INVALID_ARGUMENT.because(
          "A page of history has 1 to 1000 messages, not " + historyPageSize);
    }
  }

  /** Pages of 100, a virtual thread for every task, ids that cannot be guessed. */
  public static SessionOptions defaults() {
    return new SessionOptions(100, task -> Thread.ofVirtual().start(task), new SecureRandom());
  }

  /** The same with pages of this size. */
  public SessionOptions historyPageSize(int messages) {
    return new SessionOptions(messages, executor, random);
  }

  /** The same with this executor. */
  public SessionOptions executor(Executor other) {
    return new SessionOptions(historyPageSize, other, random);
  }

  /** The same with this source of ids. */
  public SessionOptions random(RandomGenerator other) {
    return new SessionOptions(historyPageSize, executor, other);
  }
}

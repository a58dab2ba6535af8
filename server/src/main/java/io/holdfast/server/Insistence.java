package io.holdfast.server;

import io.holdfast.channels.Timers;
import io.holdfast.nodes.Nodes;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Asks another node until it answers: signals may be lost, so whoever is asked must not mind to be
 * asked twice.
 */
final class Insistence {
  private static final long PATIENCE_MS = 2_000;
  private static final long AGAIN_MS = 250;

  /** A node that is not there says so at once, and may only have lost its connection. */
  private static final int TRIES = 8;

  private static final long GIVE_UP_MS = 10_000;

  private final Nodes nodes;
  private final Timers timers;

  Insistence(Nodes nodes, Timers timers) {
    this.nodes = nodes;
    this.timers = timers;
  }

  /** The answer, or null once the node is gone or was silent for too long. */
  CompletableFuture<byte @Nullable []> ask(String boot, String topic, byte[] question) {
    CompletableFuture<byte @Nullable []> answer = new CompletableFuture<>();
    attempt(boot, topic, question, answer, TRIES, timers.now() + GIVE_UP_MS);
    return answer;
  }

  private void attempt(
      String boot,
      String topic,
      byte[] question,
      CompletableFuture<byte @Nullable []> answer,
      int tries,
      long deadline) {
    var _ =
        nodes
            .ask(boot, topic, question, PATIENCE_MS)
            .thenAccept(
                bytes -> {
                  boolean over = tries <= 1 || timers.now() >= deadline || !nodes.alive(boot);
                  if (bytes != null || over) {
                    answer.complete(bytes);
                    return;
                  }
                  later(
                      AGAIN_MS, () -> attempt(boot, topic, question, answer, tries - 1, deadline));
                });
  }

  void later(long ms, Runnable task) {
    var _ = timers.after(ms, task);
  }
}

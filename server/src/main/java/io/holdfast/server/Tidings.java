package io.holdfast.server;

import io.holdfast.channels.Timers;
import io.holdfast.journal.Registry;
import io.holdfast.nodes.Nodes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the registry, known to all nodes at once rather than soon: who has written has the
 * others look, and who misses something looks itself.
 */
final class Tidings {
  private static final String TOPIC = "registry.look";

  /** However many miss something, and be it made up, the engine is asked this often at the most. */
  private static final long BETWEEN_MS = 50;

  private static final long PATIENCE_MS = 3_000;

  private final Registry registry;
  private final Nodes nodes;
  private final Timers timers;

  // Guarded by this.
  private @Nullable CompletableFuture<Void> next;
  private long lookedAt;

  Tidings(Registry registry, Nodes nodes, Timers timers) {
    this.registry = registry;
    this.nodes = nodes;
    this.timers = timers;
    nodes.answer(TOPIC, (from, asked) -> registry.catchUp().thenApply(_ -> new byte[0]));
  }

  /**
   * Completes once the other nodes know what was written; blocks until then. One that says nothing
   * for a second is not waited for: it learns by itself.
   */
  void spread() {
    var _ = nodes.askAll(TOPIC, new byte[0]).join();
  }

  /** Completes once this node knows what was written before; fails when the engine says nothing. */
  synchronized CompletableFuture<Void> learn() {
    CompletableFuture<Void> mine = next;
    if (mine == null) {
      mine = new CompletableFuture<>();
      next = mine;
      long wait = Math.clamp(lookedAt + BETWEEN_MS - timers.now(), 0, BETWEEN_MS);
      var _ = timers.after(wait, this::look);
    }
    return mine;
  }

  private void look() {
    CompletableFuture<Void> waiting;
    synchronized (this) {
      waiting = next;
      next = null;
      lookedAt = timers.now();
    }
    if (waiting == null) {
      return;
    }
    var _ =
        registry
            .catchUp()
            .orTimeout(PATIENCE_MS, TimeUnit.MILLISECONDS)
            .whenComplete(
                (_, failure) -> {
                  if (failure == null) {
                    waiting.complete(null);
                  } else {
                    waiting.completeExceptionally(failure);
                  }
                });
  }
}

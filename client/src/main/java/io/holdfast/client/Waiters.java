package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Callers who wait for the same thing. Owned by the loop; as many as there are calls. Whoever is
 * told may ask again at once, and waits for the next time.
 */
final class Waiters {
  private List<CompletableFuture<Void>> waiting = List.of();

  void add(CompletableFuture<Void> caller) {
    if (waiting.isEmpty()) {
      waiting = new ArrayList<>(1);
    }
    waiting.add(caller);
  }

  /** One that, when it is its turn, asks for something else that the caller waits for. */
  static CompletableFuture<Void> next(
      CompletableFuture<Void> caller, Consumer<CompletableFuture<Void>> request) {
    CompletableFuture<Void> turn = new CompletableFuture<>();
    CompletableFuture<?> unused =
        turn.whenComplete(
            (ok, error) -> {
              if (error == null) {
                request.accept(caller);
              } else {
                caller.completeExceptionally(error);
              }
            });
    return turn;
  }

  void complete() {
    taken().forEach(caller -> caller.complete(null));
  }

  void fail(ErrorInfo error) {
    taken().forEach(caller -> caller.completeExceptionally(new HoldfastException(error)));
  }

  private List<CompletableFuture<Void>> taken() {
    List<CompletableFuture<Void>> all = waiting;
    waiting = List.of();
    return all;
  }
}

package io.holdfast.client;

import io.holdfast.protocol.Frame;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;

/** What the parts of one realtime client share. */
record House(
    ClientOptions options,
    Loop loop,
    Executor executor,
    Link link,
    Outbox outbox,
    Credentials credentials,
    RestCaller rest,
    Ids ids,
    java.security.SecureRandom nonces) {

  /** Runs a request on the loop, which completes the future there. */
  <T> CompletableFuture<T> onLoop(Consumer<CompletableFuture<T>> request) {
    CompletableFuture<T> done = new CompletableFuture<>();
    if (!loop.taken(() -> request.accept(done))) {
      done.completeExceptionally(Fault.CLOSED.exception());
    }
    return done;
  }

  /** Hands a frame to its channel on the loop. */
  CompletableFuture<Frame.PublishResult> submit(
      Outbox.Pending pending, Consumer<Outbox.Pending> channel) {
    if (!loop.taken(() -> channel.accept(pending))) {
      pending.fail(Fault.CLOSED.info());
    }
    return pending.verdict();
  }

  /**
   * The same future for the application, whose code must not run on the loop. What is refused at
   * once is so by the time the caller has the future.
   */
  <T> CompletableFuture<T> outside(CompletableFuture<T> inside) {
    return outside(inside, result -> result);
  }

  /** As {@link #outside(CompletableFuture)}, and another form of the result. */
  <A, B> CompletableFuture<B> outside(CompletableFuture<A> inside, Function<A, B> form) {
    CompletableFuture<B> future = new CompletableFuture<>();
    boolean known = inside.isDone();
    CompletableFuture<?> unused =
        inside.whenComplete(
            (result, error) -> {
              Runnable tell =
                  () -> {
                    if (error != null) {
                      future.completeExceptionally(Waiting.failure(error));
                    } else {
                      future.complete(form.apply(result));
                    }
                  };
              if (known) {
                tell.run(); // nobody has the future yet, so no code of theirs runs
                return;
              }
              try {
                executor.execute(tell);
              } catch (RejectedExecutionException e) {
                tell.run(); // the client is closed, and so is its loop: nobody is held up
              }
            });
    return future;
  }
}

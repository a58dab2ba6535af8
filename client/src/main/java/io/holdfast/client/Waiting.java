package io.holdfast.client;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** How callers wait for what the loop does. */
final class Waiting {
  private Waiting() {}

  /** The result; a failure is thrown as the exception it is, with the caller's trace. */
  static <T> T on(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    } catch (CancellationException e) {
      throw new HoldfastException(Fault.CLOSED.info("it was cancelled"), e);
    }
  }

  /** Any failure as one of ours. */
  static HoldfastException failure(Throwable cause) {
    Throwable inner =
        cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
    if (inner instanceof HoldfastException ours) {
      return new HoldfastException(ours.error(), ours);
    }
    return new HoldfastException(Fault.BAD_REQUEST.info(String.valueOf(inner)), inner);
  }
}

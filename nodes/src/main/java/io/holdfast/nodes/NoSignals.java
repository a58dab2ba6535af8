package io.holdfast.nodes;

import io.holdfast.journal.Journal;
import io.holdfast.journal.Signals;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** For a node that is alone: nobody is told anything, and nobody answers. */
final class NoSignals implements Signals {
  @Override
  public void send(String topic, byte[] bytes) {}

  @Override
  public Journal.Subscription listen(String topic, Consumer<byte[]> listener) {
    return () -> {};
  }

  @Override
  public CompletableFuture<byte @Nullable []> ask(String topic, byte[] question, long patience) {
    return CompletableFuture.<byte @Nullable []>completedFuture(null);
  }

  @Override
  public Journal.Subscription answer(String topic, Answerer answerer) {
    return () -> {};
  }

  @Override
  public int largest() {
    return Integer.MAX_VALUE;
  }
}

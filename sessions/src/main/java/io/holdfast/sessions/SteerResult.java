package io.holdfast.sessions;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a message that was put into a run under way.
 *
 * @param published done when the message is on the channel, with its serial; with an empty text
 *     when the run ended before that was known
 * @param outcome done when the run is suspended or ends
 */
public record SteerResult(CompletableFuture<String> published, CompletableFuture<Outcome> outcome) {
  /**
   * Whether the agent took the message up.
   *
   * @param endReason why the run ended; null when it is only suspended
   */
  public record Outcome(boolean consumed, @Nullable RunEndReason endReason) {}
}

package io.holdfast.client;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a publish made: the serial of each message, in order; null for one that was conflated away.
 * It is on disk when this is told.
 */
public record PublishResult(List<@Nullable String> serials) {
  /** Copies the serials. */
  public PublishResult {
    serials = Collections.unmodifiableList(new java.util.ArrayList<>(serials));
  }

  /** The serial of the first message, or null. */
  public @Nullable String serial() {
    return serials.isEmpty() ? null : serials.get(0);
  }
}

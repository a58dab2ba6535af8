package io.holdfast.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a change to a message; it is kept with the version that the change makes.
 *
 * @param clientId who makes it, where the credentials allow several
 */
public record Operation(
    @Nullable String clientId, @Nullable String description, Map<String, String> metadata) {
  /** Nothing said. */
  public static final Operation NONE = new Operation(null, null, Map.of());

  /** Copies the metadata. */
  public Operation {
    metadata = Map.copyOf(metadata);
  }
}

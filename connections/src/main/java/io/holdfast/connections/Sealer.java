package io.holdfast.connections;

import org.jspecify.annotations.Nullable;

/** Signs connection keys with a secret that all nodes of an installation share. */
public interface Sealer {
  byte[] seal(byte[] payload);

  /** The payload, or null if we did not seal it. */
  byte @Nullable [] open(byte[] sealed);
}

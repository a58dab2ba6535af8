package io.holdfast.client;

import java.util.Set;

/**
 * Shared objects have changed.
 *
 * @param objectIds which; several where they changed together, as after a time without a connection
 */
public record ObjectChange(Set<String> objectIds) {
  /** Copies the ids. */
  public ObjectChange {
    objectIds = Set.copyOf(objectIds);
  }
}

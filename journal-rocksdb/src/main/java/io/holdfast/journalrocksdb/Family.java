package io.holdfast.journalrocksdb;

import java.nio.charset.StandardCharsets;

/** The column families; see {@link Keys} for what is in them. */
enum Family {
  META("default"),
  CHANNELS("channels"),
  ENTRIES("entries"),
  RECORDS("records"),
  MANIFESTS("manifests"),
  REGISTRY("registry");

  private final String stored;

  Family(String stored) {
    this.stored = stored;
  }

  byte[] stored() {
    return stored.getBytes(StandardCharsets.UTF_8);
  }
}

package io.holdfast.fold;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state's way to the store: first the records, then, when they are durable, the manifest.
 *
 * @param through the position all of it is folded through
 * @param records to be written
 */
public record Checkpoint(long through, List<Write> records) {
  /** A record in its stored form; no bytes delete it. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Write(RecordKind kind, String key, byte @Nullable [] bytes) {}
}

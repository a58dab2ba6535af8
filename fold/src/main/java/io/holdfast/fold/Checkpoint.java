package io.holdfast.fold;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state's way to the store: records, which are written together with the manifest.
 *
 * @param through the position all of it is folded through
 * @param records to be written
 */
public record Checkpoint(long through, List<Write> records) {
  /** What the records take, bytes. */
  public long bytes() {
    return records.stream().mapToLong(write -> write.bytes == null ? 0 : write.bytes.length).sum();
  }

  /** A record in its stored form; no bytes delete it. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Write(RecordKind kind, String key, byte @Nullable [] bytes) {}
}

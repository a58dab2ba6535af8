package io.holdfast.fold;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is stored at one position: client frames of one channel, atomic together.
 *
 * @param limits what the fold decides this entry by, whoever folds it and however they are
 *     configured by then; null in logs of the first form, where the reader's own count
 */
public record Entry(List<Part> parts, @Nullable FoldLimits limits) {
  public Entry {
    if (parts.isEmpty() || parts.size() > Cursor.MAX_FRAMES) {
      throw new IllegalArgumentException("an entry of " + parts.size() + " parts");
    }
    parts = List.copyOf(parts);
  }

  public Entry(List<Part> parts) {
    this(parts, null);
  }

  /** Whether it only says that messages have expired. */
  public boolean onlyExpires() {
    return parts.stream().allMatch(Part.Expire.class::isInstance);
  }
}

package io.holdfast.fold;

import java.util.List;

/** What is stored at one position: client frames of one channel, atomic together. */
public record Entry(List<Part> parts) {
  public Entry {
    if (parts.isEmpty() || parts.size() > Cursor.MAX_FRAMES) {
      throw new IllegalArgumentException("an entry of " + parts.size() + " parts");
    }
    parts = List.copyOf(parts);
  }
}

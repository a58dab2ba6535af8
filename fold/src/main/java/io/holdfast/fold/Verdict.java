package io.holdfast.fold;

import io.holdfast.protocol.ErrorInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a client frame. */
public sealed interface Verdict {

  /**
   * It is in the log.
   *
   * @param cursor where; null when that is no longer known
   * @param items how many serials it made
   */
  record Accepted(@Nullable Cursor cursor, int items) implements Verdict {
    /** The serials for the ACK: one per item. */
    public List<@Nullable String> serials() {
      List<@Nullable String> serials = new ArrayList<>(items);
      for (int i = 0; i < items; i++) {
        serials.add(cursor == null ? null : new Serial(cursor, i).toString());
      }
      return serials;
    }
  }

  /** It changed nothing. */
  record Refused(ErrorInfo error) implements Verdict {}

  /** Nobody can tell: whoever sent it must be made to send it again. */
  record Unknown() implements Verdict {}
}

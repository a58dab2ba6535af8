package io.holdfast.connections;

import io.holdfast.fold.Part;
import io.holdfast.protocol.ErrorInfo;

/** Whether what a client sends can go to its channel. */
sealed interface Judged {
  /**
   * It can.
   *
   * @param bytes roughly its size
   */
  record Good(Part part, int bytes, boolean ephemeral) implements Judged {
    /** How many messages are in it. */
    int messages() {
      return switch (part) {
        case Part.Publish publish -> publish.messages().size();
        case Part.Operate operate -> operate.acts().size();
        case Part.Mutate o -> 1;
        case Part.Append o -> 1;
        case Part.Annotate o -> 1;
        case Part.Presence o -> 1;
        case Part.Collect o -> 1;
        case Part.Expire o -> 1;
        case Part.Own o -> 1;
        case Part.Depart o -> 1;
      };
    }
  }

  record Bad(ErrorInfo error) implements Judged {}
}

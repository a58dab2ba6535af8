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
      return part instanceof Part.Publish publish ? publish.messages().size() : 1;
    }
  }

  record Bad(ErrorInfo error) implements Judged {}
}

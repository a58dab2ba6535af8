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
  record Good(Part part, int bytes, boolean ephemeral) implements Judged {}

  record Bad(ErrorInfo error) implements Judged {}
}

package io.holdfast.channels;

import io.holdfast.protocol.SharedFrame;
import org.jspecify.annotations.Nullable;

/**
 * Gives an attachment sequences of frames beside its events, each frame when the one before has
 * left and others have had their turn in between. One sequence at a time: of those that come
 * meanwhile only the newest follows, as each is the whole of something. Of the attachment's
 * executor.
 */
final class Pouring {
  private final Attachment attachment;
  private final int bytes;
  private @Nullable Source current;
  private @Nullable Source waiting;
  private Runnable told = () -> {};
  private int number;

  /** A sequence whose frames are made when they are wanted. */
  interface Source {
    /** A frame by its number; null behind the last one. */
    @Nullable SharedFrame page(int number);
  }

  /**
   * Nothing yet.
   *
   * @param bytes roughly what a frame takes while it waits
   */
  Pouring(Attachment attachment, int bytes) {
    this.attachment = attachment;
    this.bytes = bytes;
  }

  /** {@code whenTold} runs behind the last frame, unless the attachment has ended. */
  void pour(Source source, Runnable whenTold) {
    told = whenTold;
    pour(source);
  }

  void pour(Source source) {
    if (current == null) {
      begin(source);
    } else {
      waiting = source;
    }
  }

  private void begin(Source source) {
    current = source;
    number = 0;
    next();
  }

  private void next() {
    SharedFrame page = attachment.ended() || current == null ? null : current.page(number++);
    if (page != null) {
      attachment.send(page, bytes);
      attachment.subscriber().flush();
      attachment.whenDrained(() -> attachment.subscriber().executor().execute(this::next));
      return;
    }
    Source follows = attachment.ended() ? null : waiting;
    current = null;
    waiting = null;
    if (follows != null) {
      begin(follows);
    } else if (!attachment.ended()) {
      told.run();
    }
  }
}

package io.holdfast.simulator;

import io.holdfast.fold.Cursor;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Message;
import org.jspecify.annotations.Nullable;

/** What a reader of an event stream meets, in its order. */
sealed interface ReaderEvent {
  /**
   * A message.
   *
   * @param id what to go on from when this has been seen; null for the same as before
   * @param place of the frame it was in
   */
  record Told(@Nullable String id, String channel, Message message, @Nullable String place)
      implements ReaderEvent {}

  /** A place without a message: what is nothing but an id, and members, which only move it. */
  record Placed(@Nullable String id) implements ReaderEvent {}

  /**
   * It goes on where it was, of which a reader is told nothing.
   *
   * @param from its place
   */
  record GoesOn(String channel, @Nullable Cursor from) implements ReaderEvent {}

  /**
   * It begins anew, which a reader is told where it had a place.
   *
   * @param error what it is told
   */
  record BeginsAnew(String channel, @Nullable Cursor at, @Nullable ErrorInfo error)
      implements ReaderEvent {}

  record Ended(@Nullable ErrorInfo error) implements ReaderEvent {}
}

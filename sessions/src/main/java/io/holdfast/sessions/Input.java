package io.holdfast.sessions;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What people put into a conversation.
 *
 * @param <M> the codec's form of a message
 */
public sealed interface Input<M> {
  /** A new message. */
  record UserMessage<M>(M message) implements Input<M> {}

  /**
   * A request for another answer.
   *
   * @param target the answer that is to be replaced
   * @param parent the message that is answered
   */
  record Regenerate<M>(String target, String parent) implements Input<M> {}

  /**
   * What a tool gave that the client ran.
   *
   * @param codecMessageId the message that holds the call
   * @param output any JSON value: maps, lists, texts, numbers, booleans or null
   * @param seed the messages of the run that is forked, where the result goes into a fork
   */
  record ToolResult<M>(
      String codecMessageId,
      String toolCallId,
      @Nullable Object output,
      @Nullable List<CodecMessage<M>> seed)
      implements Input<M> {}

  /** That a tool failed which the client ran; the rest as in {@link ToolResult}. */
  record ToolFailure<M>(
      String codecMessageId,
      String toolCallId,
      String message,
      @Nullable List<CodecMessage<M>> seed)
      implements Input<M> {}

  /**
   * A yes or no to a tool call that waits for it.
   *
   * @param codecMessageId the message that holds the call
   */
  record Approval<M>(
      String codecMessageId, String toolCallId, boolean approved, @Nullable String reason)
      implements Input<M> {}

  /** Whether this is a message of its own, which is shown at once and may start a branch. */
  default boolean startsMessage() {
    return this instanceof UserMessage<M>;
  }

  /** The message it is about, or null for one that starts a new one. */
  default @Nullable String about() {
    return switch (this) {
      case UserMessage<M> message -> null;
      case Regenerate<M> again -> null;
      case ToolResult<M> result -> result.codecMessageId();
      case ToolFailure<M> failure -> failure.codecMessageId();
      case Approval<M> approval -> approval.codecMessageId();
    };
  }
}

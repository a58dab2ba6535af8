package io.holdfast.sessions;

import java.util.List;

/**
 * How one kind of AI messages goes over the wire and comes back. {@link UiMessageCodec} and {@link
 * ResponsesCodec} are two; an application may write its own.
 *
 * <p>A codec says what an output or input is on the wire, and folds what is on the wire into
 * messages. It has no state of its own: whatever a fold remembers is in the {@link Fold}, which
 * gets the pieces of one run or one input in the order of the channel, whatever order they arrived
 * in. Implementations are used by many threads at once; a fold by one.
 *
 * @param <O> what an agent puts out, such as the chunks of a model's answer
 * @param <M> a message
 */
public interface Codec<O, M> {
  /** The name of the codec header that says what a piece is. */
  String KIND = "kind";

  /** What clients call the codec in the channel's {@code agent} parameter. */
  String adapterTag();

  /**
   * What this output is on the wire; empty to leave it out.
   *
   * @param codecMessageId the message that the output goes into
   * @throws SessionException with code 40003 when there is no form for it
   */
  List<OutputWrite> encode(O output, String codecMessageId);

  /**
   * What this input is on the wire, at least one part.
   *
   * @throws SessionException with code 40003 when there is no form for it
   */
  List<InputWrite> encode(Input<M> input);

  /**
   * Whether a piece of this kind goes into messages. What does not is never shown and makes no
   * place of its own in the conversation; a {@code regenerate} is such a piece.
   */
  boolean folds(boolean input, String kind);

  /** Whether the message holds the tool call of this id. */
  boolean holdsCall(M message, String toolCallId);

  /**
   * Whether what a client's tool gave goes into a run of its own, which stands in for the suspended
   * one and begins with the {@linkplain Input.ToolResult#seed copy} of what that one said; else the
   * suspended run goes on with it. Both ends of a conversation have to read it the same way.
   */
  boolean forksForToolResults();

  /** A fold that has seen nothing. */
  Fold<M> fold();

  /** Messages in the making. */
  interface Fold<M> {
    /** Takes the next piece. A piece it can make nothing of is left out. */
    void add(Piece piece);

    /** The messages so far, the oldest first; a copy that later pieces do not change. */
    List<CodecMessage<M>> messages();
  }
}

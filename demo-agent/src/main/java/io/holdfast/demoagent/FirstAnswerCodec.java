package io.holdfast.demoagent;

import io.holdfast.sessions.Codec;
import io.holdfast.sessions.CodecMessage;
import io.holdfast.sessions.Input;
import io.holdfast.sessions.InputWrite;
import io.holdfast.sessions.OutputWrite;
import io.holdfast.sessions.Piece;
import io.holdfast.sessions.UiChunk;
import io.holdfast.sessions.UiMessage;
import io.holdfast.sessions.UiMessageCodec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The AI SDK's messages, in which a person's first answer to a tool call decides and what the tool
 * gave stays: an answer that comes after another, or after the result, is left out. Pieces come in
 * the channel's order, so who was first is the same for everybody.
 */
final class FirstAnswerCodec implements Codec<UiChunk, UiMessage> {
  private static final String ANSWER = "tool-approval-response";
  private static final Set<String> RESULTS = Set.of("tool-output-available", "tool-output-error");

  private final UiMessageCodec all = new UiMessageCodec();

  @Override
  public String adapterTag() {
    return all.adapterTag();
  }

  @Override
  public List<OutputWrite> encode(UiChunk output, String codecMessageId) {
    return all.encode(output, codecMessageId);
  }

  @Override
  public List<InputWrite> encode(Input<UiMessage> input) {
    return all.encode(input);
  }

  @Override
  public boolean folds(boolean input, String kind) {
    return all.folds(input, kind);
  }

  @Override
  public boolean holdsCall(UiMessage message, String toolCallId) {
    return all.holdsCall(message, toolCallId);
  }

  @Override
  public boolean forksForToolResults() {
    return all.forksForToolResults();
  }

  @Override
  public Fold<UiMessage> fold() {
    Fold<UiMessage> messages = all.fold();
    Set<String> decided = new HashSet<>();
    return new Fold<>() {
      @Override
      public void add(Piece piece) {
        String call = piece.field("toolCallId");
        boolean decides = piece.input() ? piece.kind().equals(ANSWER) : isResult(piece);
        if (call == null || !decides) {
          messages.add(piece);
        } else if (decided.add(call) || !piece.input()) {
          messages.add(piece);
        }
      }

      @Override
      public List<CodecMessage<UiMessage>> messages() {
        return messages.messages();
      }
    };
  }

  private static boolean isResult(Piece piece) {
    return RESULTS.contains(piece.kind()) && !"true".equals(piece.field("preliminary"));
  }
}

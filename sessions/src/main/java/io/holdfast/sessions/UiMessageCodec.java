package io.holdfast.sessions;

import java.util.List;

/**
 * Answers in the AI SDK's UI message stream, message for message what {@code createUIMessageCodec}
 * of the published package reads and writes.
 */
public final class UiMessageCodec implements Codec<UiChunk, UiMessage> {
  /** A codec; one is enough for any number of sessions. */
  public UiMessageCodec() {}

  @Override
  public String adapterTag() {
    return "vercel-ai-sdk-ui-message";
  }

  @Override
  public List<OutputWrite> encode(UiChunk output, String codecMessageId) {
    return List.of(UiWire.write(output, codecMessageId));
  }

  @Override
  public List<InputWrite> encode(Input<UiMessage> input) {
    return UiWire.write(input);
  }

  @Override
  public boolean folds(boolean input, String kind) {
    return input
        ? UiWire.INPUTS.contains(kind)
        : UiWire.OUTPUTS.contains(kind) || kind.startsWith("data-");
  }

  @Override
  public boolean holdsCall(UiMessage message, String toolCallId) {
    return message.parts().stream()
        .anyMatch(part -> part instanceof UiPart.Tool tool && tool.toolCallId().equals(toolCallId));
  }

  @Override
  public boolean forksForToolResults() {
    return true;
  }

  @Override
  public Fold<UiMessage> fold() {
    return new UiFold();
  }
}

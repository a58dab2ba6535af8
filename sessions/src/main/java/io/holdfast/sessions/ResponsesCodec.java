package io.holdfast.sessions;

import java.util.List;

/**
 * Answers as OpenAI's Responses API streams them, event for event what the published package's
 * codec of that name reads and writes. Tools that OpenAI hosts, images, audio and annotations have
 * no form on the wire.
 */
public final class ResponsesCodec implements Codec<ResponsesEvent, ResponsesMessage> {
  /** A codec; one is enough for any number of sessions. */
  public ResponsesCodec() {}

  @Override
  public String adapterTag() {
    return "openai-responses";
  }

  @Override
  public List<OutputWrite> encode(ResponsesEvent output, String codecMessageId) {
    return ResponsesWire.write(output);
  }

  @Override
  public List<InputWrite> encode(Input<ResponsesMessage> input) {
    return ResponsesWire.write(input);
  }

  @Override
  public boolean folds(boolean input, String kind) {
    return (input ? ResponsesWire.INPUTS : ResponsesWire.OUTPUTS).contains(kind);
  }

  @Override
  public boolean holdsCall(ResponsesMessage message, String toolCallId) {
    return message.items().stream()
        .anyMatch(
            item ->
                "function_call".equals(item.get("type")) && toolCallId.equals(item.get("call_id")));
  }

  @Override
  public boolean forksForToolResults() {
    return false;
  }

  @Override
  public Fold<ResponsesMessage> fold() {
    return new ResponsesFold();
  }
}

package io.holdfast.sessions;

import io.holdfast.sessions.Node.RunNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A run that stands in for a suspended one and begins with what that one said.
 *
 * @param target the copy of the message that holds the tool call
 * @param seed copies of the run's messages under new ids
 */
record ToolFork<M>(String target, List<CodecMessage<M>> seed, SendOptions options) {
  /** The run is one whose parent is known. */
  static <M> ToolFork<M> of(RunNode<M> run, String toolCallId, Codec<?, M> codec, Ids ids) {
    List<CodecMessage<M>> seed = new ArrayList<>();
    String target = null;
    for (CodecMessage<M> message : run.messages()) {
      String id = ids.next();
      seed.add(new CodecMessage<>(id, message.message()));
      if (target == null && codec.holdsCall(message.message(), toolCallId)) {
        target = id;
      }
    }
    if (target == null) {
      throw SessionError.INVALID_ARGUMENT.because(
          "No message of run " + run.key() + " holds the tool call " + toolCallId);
    }
    SendOptions options =
        SendOptions.DEFAULT
            .behind(String.valueOf(run.parent()))
            .superseding(run.key(), Role.ASSISTANT);
    return new ToolFork<>(target, seed, options);
  }
}

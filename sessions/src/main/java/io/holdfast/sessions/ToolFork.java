package io.holdfast.sessions;

import io.holdfast.sessions.Node.RunNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a tool's result goes: into a run that stands in for the suspended one and begins with what
 * that one said, or into that one.
 *
 * @param target the message that holds the tool call, or the copy of it
 * @param seed copies of the run's messages under new ids; null where there is no run for them
 */
record ToolFork<M>(String target, @Nullable List<CodecMessage<M>> seed, SendOptions options) {
  /** The run is one whose parent is known. */
  static <M> ToolFork<M> of(RunNode<M> run, String toolCallId, Codec<?, M> codec, Ids ids) {
    boolean forks = codec.forksForToolResults();
    List<CodecMessage<M>> seed = new ArrayList<>();
    String target = null;
    for (CodecMessage<M> message : run.messages()) {
      String id = forks ? ids.next() : message.codecMessageId();
      seed.add(new CodecMessage<>(id, message.message()));
      if (target == null && codec.holdsCall(message.message(), toolCallId)) {
        target = id;
      }
    }
    if (target == null) {
      throw SessionError.INVALID_ARGUMENT.because(
          "No message of run " + run.key() + " holds the tool call " + toolCallId);
    }
    if (!forks) {
      return new ToolFork<>(target, null, SendOptions.into(run.key()));
    }
    SendOptions options =
        SendOptions.DEFAULT
            .behind(String.valueOf(run.parent()))
            .superseding(run.key(), Role.ASSISTANT);
    return new ToolFork<>(target, seed, options);
  }
}

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
    List<CodecMessage<M>> messages = run.messages();
    int holder = 0;
    while (holder < messages.size()
        && !codec.holdsCall(messages.get(holder).message(), toolCallId)) {
      holder++;
    }
    if (holder == messages.size()) {
      throw SessionError.INVALID_ARGUMENT.because(
          "No message of run " + run.key() + " holds the tool call " + toolCallId);
    }
    if (!codec.forksForToolResults()) {
      String own = messages.get(holder).codecMessageId();
      return new ToolFork<>(own, null, SendOptions.into(run.key()));
    }
    List<CodecMessage<M>> seed = new ArrayList<>();
    for (CodecMessage<M> message : messages) {
      seed.add(new CodecMessage<>(ids.next(), message.message()));
    }
    SendOptions options =
        SendOptions.DEFAULT
            .behind(String.valueOf(run.parent()))
            .superseding(run.key(), Role.ASSISTANT);
    return new ToolFork<>(seed.get(holder).codecMessageId(), seed, options);
  }
}

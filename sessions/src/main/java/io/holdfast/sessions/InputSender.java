package io.holdfast.sessions;

import io.holdfast.protocol.MessageAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Puts inputs on the wire and waits until the channel has them. */
final class InputSender<M> {
  private final Codec<?, M> codec;
  private final SessionChannel channel;

  InputSender(Codec<?, M> codec, SessionChannel channel) {
    this.codec = codec;
    this.channel = channel;
  }

  /** The wire messages of one input, which are published as one. */
  List<Outgoing> encode(Input<M> input, TransportHeaders headers) {
    List<Outgoing> messages = new ArrayList<>();
    for (InputWrite write : codec.encode(input)) {
      TransportHeaders.Builder own = headers.toBuilder().set(Header.STREAM, "false");
      if (write.part()) {
        own.set(Header.DISCRETE, "true");
      }
      Role role = write.role();
      if (role != null) {
        own.set(Header.ROLE, role.wireName());
      }
      messages.add(
          new Outgoing(
              MessageAction.CREATE,
              WireNames.V0_8.of(WireEvent.INPUT),
              null,
              write.data(),
              AiExtras.write(own.build(), write.fields(), false)));
    }
    return messages;
  }

  /** Blocks until the channel has it. */
  void publish(List<Outgoing> messages) throws InterruptedException {
    await(channel.publish(messages), "The input could not be published");
  }

  /** A request to stop a run, or the run that an input will call for. */
  void cancel(String eventId, @Nullable String runId, @Nullable String inputCodecMessageId)
      throws InterruptedException {
    TransportHeaders headers =
        TransportHeaders.builder()
            .set(Header.EVENT_ID, eventId)
            .set(Header.RUN_ID, runId)
            .set(Header.INPUT_CODEC_MESSAGE_ID, inputCodecMessageId)
            .build();
    Outgoing cancel =
        Outgoing.create(WireEvent.CANCEL, null, AiExtras.write(headers, Map.of(), false));
    await(channel.publish(List.of(cancel)), "The cancel could not be published");
  }

  private static void await(CompletableFuture<?> future, String what) throws InterruptedException {
    try {
      future.get();
    } catch (ExecutionException e) {
      throw failure(e.getCause(), what);
    }
  }

  /** What a client is told of a publish that failed. */
  static SessionException failure(@Nullable Throwable cause, String what) {
    if (cause instanceof SessionException own) {
      return own;
    }
    boolean permission = cause instanceof Refusal refusal && refusal.forPermission();
    String why = cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage();
    return (permission ? SessionError.NOT_PERMITTED : SessionError.SEND_FAILED)
        .because(what + why, cause);
  }
}

package io.holdfast.connections;

import io.holdfast.channels.Channels;
import io.holdfast.channels.Submission;
import io.holdfast.fold.Origin;
import io.holdfast.fold.Part;
import io.holdfast.fold.Verdict;
import io.holdfast.journal.ChannelId;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.ObjectMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Publishes and changes messages for REST, by the same rules as a connection. */
public final class RestPublishing {
  private final Connections connections;
  private final Channels channels;
  private final Requests requests;
  private final Supplier<String> ids;

  /**
   * REST's way in.
   *
   * @param ids makes message ids for what came without
   */
  public RestPublishing(Connections connections, Supplier<String> ids) {
    this.connections = connections;
    this.channels = connections.node().channels();
    this.requests = connections.node().requests();
    this.ids = ids;
  }

  /** What came of a request. Completes on a channel's lane: hand over at once. */
  public sealed interface Outcome {
    /**
     * It is in the log.
     *
     * @param messageId the id, or the base of the ids, of what was published
     * @param serials of the messages, or for a change its version's; null where no longer known
     */
    record Done(String messageId, List<@Nullable String> serials) implements Outcome {}

    record Refused(ErrorInfo error) implements Outcome {}
  }

  /** Publishes messages in one atomic batch (publish params: {@code _forceNack}). */
  public CompletableFuture<Outcome> publish(
      Access access, String channel, List<Message> messages, Map<String, String> params) {
    String key = messages.isEmpty() ? null : messages.getFirst().connectionKey();
    Sender sender = sender(access, key);
    if (sender == null
        || !messages.stream().allMatch(m -> Objects.equals(m.connectionKey(), key))) {
      return CompletableFuture.completedFuture(
          new Outcome.Refused(ErrorCode.WRONG_CONNECTION.info()));
    }
    return submit(
        access, channel, requests.messages(access, channel, messages, params, sender), sender);
  }

  /**
   * Updates, deletes or appends to a message: {@code change.action()} and {@code change.serial()}
   * say.
   */
  public CompletableFuture<Outcome> change(Access access, String channel, Message change) {
    return publish(access, channel, List.of(change), Map.of());
  }

  /** Annotates a message, or takes annotations back. */
  public CompletableFuture<Outcome> annotate(
      Access access, String channel, List<Annotation> annotations) {
    Sender sender = new Sender(null, -1, null, access.concreteClientId(), ids.get());
    Judged judged = requests.annotations(access, channel, annotations, sender);
    return submit(access, channel, judged, sender);
  }

  /**
   * Applies operations to shared objects, all or none.
   *
   * @param asked of how many operations they were made: what comes again with the same ids is the
   *     same if it asks for as many, however many objects are found for it now
   */
  public CompletableFuture<Outcome> operate(
      Access access, String channel, List<ObjectMessage> operations, int asked) {
    Sender sender = new Sender(null, -1, null, access.concreteClientId(), ids.get());
    Judged judged = requests.operations(access, channel, operations, sender, asked);
    return submit(access, channel, judged, sender);
  }

  /** Why a publish that counts so many bytes would be refused; null if it would not. */
  public @Nullable ErrorInfo tooLarge(long size) {
    return requests.tooLarge(size);
  }

  /**
   * Whether operations of these ids were applied: their paths may lead nowhere since, or elsewhere.
   *
   * @param base what their ids have in common
   */
  public CompletableFuture<Boolean> operatedBefore(
      Access access, String channel, String base, int asked) {
    return channels.appliedBefore(
        new ChannelId(access.app(), ChannelNames.plain(channel)),
        new Origin(null, -1, MessageIds.keyOfOperations(base, asked)));
  }

  private @Nullable Sender sender(Access access, @Nullable String connectionKey) {
    String id = ids.get();
    if (connectionKey == null) {
      return new Sender(null, -1, null, access.concreteClientId(), id);
    }
    Connections.Found connection = connections.find(connectionKey, access.app());
    if (connection == null) {
      return null;
    }
    String clientId = connection.clientId();
    return new Sender(
        null,
        -1,
        connection.connectionId(),
        clientId == null ? access.concreteClientId() : clientId,
        id);
  }

  private CompletableFuture<Outcome> submit(
      Access access, String channel, Judged judged, Sender sender) {
    return switch (judged) {
      case Judged.Bad bad -> CompletableFuture.completedFuture(new Outcome.Refused(bad.error()));
      case Judged.Good good -> {
        ChannelId id = new ChannelId(access.app(), ChannelNames.plain(channel));
        ErrorInfo busy = busy(id);
        yield busy == null
            ? send(id, good, sender)
            : CompletableFuture.completedFuture(new Outcome.Refused(busy));
      }
    };
  }

  /** A connection is not read while too much waits; a request can only be told to come again. */
  private @Nullable ErrorInfo busy(ChannelId channel) {
    Node node = connections.node();
    if (channels.crowded(channel)) {
      return ErrorCode.BUSY.info("too much on this channel waits to be written to disk");
    }
    return node.unacked().get() > node.settings().maxNodeUnackedBytes()
        ? ErrorCode.BUSY.info("too much on this node waits to be written to disk")
        : null;
  }

  private CompletableFuture<Outcome> send(ChannelId channel, Judged.Good good, Sender sender) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    AtomicLong unacked = connections.node().unacked();
    unacked.addAndGet(good.bytes());
    channels.submit(
        channel,
        new Submission(
            good.part(),
            good.bytes(),
            0,
            good.ephemeral(),
            () -> connections.node().paces().refusal(channel, good.messages()),
            verdict -> {
              unacked.addAndGet(-good.bytes());
              outcome.complete(outcome(verdict, messageId(good.part(), sender)));
            }));
    return outcome;
  }

  private static String messageId(Part part, Sender sender) {
    if (part instanceof Part.Publish publish && publish.origin().idempotencyKey() != null) {
      return String.valueOf(MessageIds.base(publish.messages()));
    }
    if (part instanceof Part.Operate operate && operate.origin().idempotencyKey() != null) {
      List<@Nullable String> ids = new ArrayList<>(operate.acts().size());
      operate.acts().forEach(act -> ids.add(act.id()));
      return String.valueOf(MessageIds.baseOf(ids));
    }
    return sender.id();
  }

  private static Outcome outcome(Verdict verdict, String messageId) {
    return switch (verdict) {
      case Verdict.Accepted accepted -> new Outcome.Done(messageId, accepted.serials());
      case Verdict.Refused refused -> new Outcome.Refused(refused.error());
      case Verdict.Unknown unknown -> new Outcome.Refused(ErrorCode.TIMEOUT.info());
    };
  }
}

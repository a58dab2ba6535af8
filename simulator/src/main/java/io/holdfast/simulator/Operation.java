package io.holdfast.simulator;

import io.holdfast.connections.Permission;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.PresenceMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One frame a client wants to have applied, however often it must be sent. */
final class Operation {
  enum Kind {
    CREATE,
    CHANGE,
    ANNOTATE,
    EPHEMERAL,
    /** Of messages to keep and others not to keep, which nobody can do both with at once. */
    MIXED,
    PRESENCE
  }

  enum Outcome {
    WAITING,
    ACKED,
    REFUSED,
    /** Whoever sent it is gone and nobody has heard. */
    UNKNOWN
  }

  private final Kind kind;
  private final String channel;
  private final String clientId;
  private final List<Message> messages;
  private final @Nullable PresenceMessage presence;
  private final @Nullable Annotation annotation;
  private final List<String> tokens;
  private final @Nullable String target;
  private final @Nullable String idempotencyKey;
  private final List<FrameKey> lives = new ArrayList<>(1);
  private long msgSerial = -1;
  private int sends;
  private int stay;
  private long deletedBefore;
  private Outcome outcome = Outcome.WAITING;
  private List<@Nullable String> serials = List.of();

  private Operation(
      Kind kind,
      String channel,
      String clientId,
      List<Message> messages,
      @Nullable PresenceMessage presence,
      @Nullable Annotation annotation,
      @Nullable String target,
      @Nullable String idempotencyKey) {
    this.kind = kind;
    this.channel = channel;
    this.clientId = clientId;
    this.messages = messages;
    this.presence = presence;
    this.annotation = annotation;
    this.target = target;
    this.idempotencyKey = idempotencyKey;
    this.tokens =
        messages.stream()
            .filter(message -> message.data() != null)
            .map(message -> TrueChannel.text(message.data()))
            .collect(Collectors.toList());
  }

  static Operation publish(
      Kind kind,
      String channel,
      String clientId,
      List<Message> messages,
      @Nullable String idempotencyKey) {
    return new Operation(kind, channel, clientId, messages, null, null, null, idempotencyKey);
  }

  static Operation change(String channel, String clientId, Message message) {
    return new Operation(
        Kind.CHANGE, channel, clientId, List.of(message), null, null, message.serial(), null);
  }

  static Operation presence(String channel, String clientId, PresenceMessage message) {
    return new Operation(Kind.PRESENCE, channel, clientId, List.of(), message, null, null, null);
  }

  static Operation annotation(String channel, String clientId, Annotation annotation) {
    return new Operation(
        Kind.ANNOTATE,
        channel,
        clientId,
        List.of(),
        null,
        annotation,
        annotation.messageSerial(),
        null);
  }

  Kind kind() {
    return kind;
  }

  String channel() {
    return channel;
  }

  String clientId() {
    return clientId;
  }

  List<Message> messages() {
    return messages;
  }

  @Nullable PresenceMessage presence() {
    return presence;
  }

  @Nullable Annotation annotation() {
    return annotation;
  }

  /** What has to be allowed for it; null for nothing, as who leaves only takes back its own. */
  @Nullable Permission needs() {
    return switch (kind) {
      case CREATE, EPHEMERAL, MIXED -> Permission.PUBLISH;
      case ANNOTATE -> Permission.ANNOTATION_PUBLISH;
      case PRESENCE -> OwnPresence.leaves(this) ? null : Permission.PRESENCE;
      case CHANGE -> null;
    };
  }

  /** The texts it brings, each like no other's. */
  List<String> tokens() {
    return tokens;
  }

  @Nullable String target() {
    return target;
  }

  @Nullable String idempotencyKey() {
    return idempotencyKey;
  }

  long msgSerial() {
    return msgSerial;
  }

  boolean numbered() {
    return msgSerial >= 0;
  }

  void number(long serial) {
    msgSerial = serial;
  }

  /**
   * It was sent under this name; the same one again is the same life.
   *
   * @param during counts the client's stays on the channel
   * @param deleted how far the channel has been deleted by now
   */
  void sentAs(FrameKey key, int during, long deleted) {
    stay = sends++ == 0 ? during : stay;
    if (lives.isEmpty() || !lives.getLast().equals(key)) {
      lives.add(key);
      deletedBefore = deleted;
    }
  }

  /** How far the channel had been deleted when it was first sent under the name it has. */
  long deletedBefore() {
    return deletedBefore;
  }

  /** How often it was sent. */
  int sends() {
    return sends;
  }

  /** During which of its client's stays on the channel it was first sent. */
  int stay() {
    return stay;
  }

  /** Under how many names it was sent. */
  int lives() {
    return lives.size();
  }

  List<FrameKey> names() {
    return lives;
  }

  Outcome outcome() {
    return outcome;
  }

  List<@Nullable String> serials() {
    return serials;
  }

  void acked(List<@Nullable String> made) {
    outcome = Outcome.ACKED;
    serials = made;
  }

  void end(Outcome how) {
    outcome = how;
  }

  @Override
  public String toString() {
    return kind
        + (" of " + clientId + " on " + channel + " " + tokens)
        + (target == null ? "" : " to " + target)
        + (presence == null ? "" : " " + presence.action())
        + (" as " + lives + " " + outcome);
  }
}

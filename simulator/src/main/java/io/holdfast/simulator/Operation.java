package io.holdfast.simulator;

import io.holdfast.connections.Permission;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.ObjectMessage;
import io.holdfast.protocol.PresenceMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    PRESENCE,
    /** Changes of shared objects, whole or not at all. */
    OBJECTS
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
  private final List<ObjectMessage> objects;
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
      List<ObjectMessage> objects,
      @Nullable String target,
      @Nullable String idempotencyKey) {
    this.kind = kind;
    this.channel = channel;
    this.clientId = clientId;
    this.messages = messages;
    this.presence = presence;
    this.annotation = annotation;
    this.objects = objects;
    this.target = target;
    this.idempotencyKey = idempotencyKey;
    this.tokens =
        messages.stream()
            .filter(message -> message.data() != null)
            .map(message -> TrueChannel.text(message.data()))
            .collect(Collectors.toList());
    objects.stream()
        .map(message -> TrueObjects.token(message.operation()))
        .filter(Objects::nonNull)
        .forEach(tokens::add);
  }

  static Operation publish(
      Kind kind,
      String channel,
      String clientId,
      List<Message> messages,
      @Nullable String idempotencyKey) {
    return new Operation(
        kind, channel, clientId, messages, null, null, List.of(), null, idempotencyKey);
  }

  static Operation change(String channel, String clientId, Message message) {
    return new Operation(
        Kind.CHANGE,
        channel,
        clientId,
        List.of(message),
        null,
        null,
        List.of(),
        message.serial(),
        null);
  }

  static Operation presence(String channel, String clientId, PresenceMessage message) {
    return new Operation(
        Kind.PRESENCE, channel, clientId, List.of(), message, null, List.of(), null, null);
  }

  /**
   * Changes of shared objects.
   *
   * @param ids what names them when they come again under another number; null for nothing
   */
  static Operation objects(
      String channel, String clientId, List<ObjectMessage> changes, @Nullable String ids) {
    return new Operation(
        Kind.OBJECTS, channel, clientId, List.of(), null, null, changes, null, ids);
  }

  static Operation annotation(String channel, String clientId, Annotation annotation) {
    return new Operation(
        Kind.ANNOTATE,
        channel,
        clientId,
        List.of(),
        null,
        annotation,
        List.of(),
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

  List<ObjectMessage> objects() {
    return objects;
  }

  /** Whether something in it can be done to no object of its kind. */
  boolean misuses() {
    return objects.stream().anyMatch(message -> TrueObjects.misuses(message.operation()));
  }

  /** What has to be allowed for it; null for nothing, as who leaves only takes back its own. */
  @Nullable Permission needs() {
    return switch (kind) {
      case CREATE, EPHEMERAL, MIXED -> Permission.PUBLISH;
      case ANNOTATE -> Permission.ANNOTATION_PUBLISH;
      case PRESENCE -> OwnPresence.leaves(this) ? null : Permission.PRESENCE;
      case OBJECTS -> Permission.OBJECT_PUBLISH;
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

  /** As it is sent, under the number it has. */
  Frame frame() {
    if (annotation != null) {
      return new Frame.Annotations(channel, List.of(annotation), msgSerial, null, null, null, 0);
    }
    if (presence != null) {
      return new Frame.Presence(channel, List.of(presence), msgSerial, null, null, null, 0);
    }
    return objects.isEmpty()
        ? new Frame.Messages(channel, messages, msgSerial, null, null, null, 0, Map.of())
        : new Frame.Objects(channel, objects, msgSerial, null, null, null, 0);
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

package io.holdfast.connections;

import io.holdfast.fold.Origin;
import io.holdfast.fold.Owner;
import io.holdfast.fold.Part;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.MessageSize;
import io.holdfast.protocol.ObjectMessage;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import io.holdfast.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes parts of a channel's log out of what clients send, or says why not: names, sizes,
 * identities and rights. The same for every transport and REST.
 */
final class Requests {
  private static final int MAX_MESSAGES = 1_000;
  private static final int OVERHEAD = 200;

  private final ConnectionSettings settings;
  private final ChannelRules rules;

  Requests(ConnectionSettings settings, ChannelRules rules) {
    this.settings = settings;
    this.rules = rules;
  }

  /** A MESSAGE frame or a REST publish. */
  Judged messages(
      Access access,
      String channel,
      List<Message> messages,
      Map<String, String> params,
      Sender sender) {
    ErrorInfo fault = closed(channel);
    if (fault == null && messages.isEmpty()) {
      fault = ErrorCode.BAD_REQUEST.info("a publish needs at least one message");
    }
    if (fault == null && messages.size() > MAX_MESSAGES) {
      fault =
          ErrorCode.TOO_MANY_MESSAGES.info(
              "one publish takes at most " + MAX_MESSAGES + " messages");
    }
    if (fault == null && "true".equals(params.get("_forceNack"))) {
      fault = ErrorCode.FORCED_NACK.info();
    }
    if (fault != null) {
      return new Judged.Bad(fault);
    }
    long size = 0;
    boolean creates = true;
    boolean privileged = false;
    for (Message message : messages) {
      fault = fault == null ? Lengths.fault(message) : fault;
      size += Lengths.size(message);
      creates &= message.action() == MessageAction.CREATE;
      privileged |= message.extras() != null && message.extras().privileged();
      fault = fault == null ? ofTheServer(message) : fault;
    }
    fault = fault == null ? tooLarge(size) : fault;
    if (fault == null && privileged && !access.permits(Permission.PRIVILEGED_HEADERS, channel)) {
      return denied("privileged-headers", channel);
    }
    if (fault != null) {
      return new Judged.Bad(fault);
    }
    int bytes = (int) size + OVERHEAD * messages.size();
    return creates
        ? publish(access, channel, messages, sender, bytes)
        : change(access, channel, messages, sender, bytes);
  }

  /** What only the server may say of a message: that its data is the difference to another's. */
  private static @Nullable ErrorInfo ofTheServer(Message message) {
    if (message.extras() != null && message.extras().has("delta")) {
      return ErrorCode.INVALID_EXTRAS.info("extras.delta is the server's to set");
    }
    String encoding = message.encoding();
    return encoding != null && List.of(encoding.split("/", -1)).contains("vcdiff")
        ? ErrorCode.INVALID_DATA.info("the encoding step vcdiff is the server's to add")
        : null;
  }

  /** Why nobody can send anything into a channel. */
  private static @Nullable ErrorInfo closed(String channel) {
    ErrorInfo fault = ChannelNames.fault(channel);
    return fault == null && ChannelNames.meta(channel)
        ? ErrorCode.CAPABILITY_DENIED.info("on [meta] channels only the server speaks")
        : fault;
  }

  /** Why a publish that counts so many bytes cannot be taken; null if it can. */
  @Nullable ErrorInfo tooLarge(long size) {
    return size <= settings.maxMessageSize()
        ? null
        : ErrorCode.MESSAGE_TOO_LARGE.info(
            "the publish counts " + size + " bytes and the limit is " + settings.maxMessageSize());
  }

  private Judged publish(
      Access access, String channel, List<Message> messages, Sender sender, int bytes) {
    if (!access.permits(Permission.PUBLISH, channel)) {
      return denied("publish", channel);
    }
    ErrorInfo fault = MessageIds.fault(messages);
    if (fault != null) {
      return new Judged.Bad(fault);
    }
    List<Message> filled = new ArrayList<>(messages.size());
    boolean ephemeral = ephemeral(messages.getFirst());
    for (Message message : messages) {
      if (ephemeral(message) != ephemeral) {
        return new Judged.Bad(
            ErrorCode.BAD_REQUEST.info(
                "a publish is kept as a whole or not at all, so messages with extras.ephemeral"
                    + " go apart from the others"));
      }
      fault = notThem(access, message.clientId());
      if (fault != null) {
        return new Judged.Bad(fault);
      }
      filled.add(
          new Message(
              MessageAction.CREATE,
              message.id() == null ? sender.id() + ":" + filled.size() : message.id(),
              message.name(),
              message.data(),
              message.encoding(),
              message.clientId() == null ? sender.clientId() : message.clientId(),
              sender.connectionId(),
              null,
              0,
              message.extras(),
              null,
              null));
    }
    Origin origin = new Origin(sender.publisher(), sender.msgSerial(), MessageIds.key(messages));
    return new Judged.Good(new Part.Publish(origin, filled), bytes, ephemeral);
  }

  private static boolean ephemeral(Message message) {
    return message.extras() != null && message.extras().ephemeral();
  }

  /** An update, a delete or an append: one message, named by its serial. */
  private Judged change(
      Access access, String channel, List<Message> messages, Sender sender, int bytes) {
    Message message = messages.getFirst();
    String serial = message.serial();
    ErrorInfo fault = notThem(access, message.clientId());
    Version given =
        message.version() == null ? new Version(null, 0, null, null, null) : message.version();
    if (fault == null) {
      fault = notThem(access, given.clientId());
    }
    if (fault == null && messages.size() > 1) {
      fault = ErrorCode.BAD_REQUEST.info("an update, delete or append stands alone in its frame");
    }
    if (fault == null && !given.metadataIsText()) {
      // SDKs with types fail on anything else, and with it on the whole frame or page (TM2s5)
      fault = ErrorCode.BAD_PARAMETER.info("the values of version.metadata must be text");
    }
    if (fault == null && serial == null) {
      fault =
          ErrorCode.BAD_PARAMETER.info("an update, delete or append needs the message's serial");
    }
    if (fault == null && !rules.mutable(access.app(), ChannelNames.plain(channel))) {
      fault =
          ErrorCode.MUTATIONS_DISABLED.info(
              "updates, deletes and appends are off for this channel");
    }
    if (fault != null || serial == null) {
      return new Judged.Bad(fault == null ? ErrorCode.BAD_PARAMETER.info() : fault);
    }
    String actor = message.clientId() == null ? sender.clientId() : message.clientId();
    String author = given.clientId() == null ? actor : given.clientId();
    boolean any = access.permits(anyOf(message.action()), channel);
    fault = any ? null : notTheirs(access, channel, message.action(), actor);
    if (fault != null) {
      return new Judged.Bad(fault);
    }
    Origin origin = new Origin(sender.publisher(), sender.msgSerial(), null);
    Part.Author by = new Part.Author(actor, sender.connectionId(), sender.id());
    Version version = new Version(null, 0, author, given.description(), given.metadata());
    return part(message, serial, origin, by, version, any)
        .<Judged>map(part -> new Judged.Good(part, bytes, false))
        .orElseGet(
            () ->
                new Judged.Bad(
                    ErrorCode.BAD_REQUEST.info(
                        "clients create, update, delete and append, and action "
                            + message.action()
                            + " is the server's")));
  }

  private static Optional<Part> part(
      Message message, String serial, Origin origin, Part.Author by, Version version, boolean any) {
    Part.Change change =
        new Part.Change(message.name(), message.data(), message.encoding(), message.extras());
    return switch (message.action()) {
      case UPDATE, DELETE ->
          Optional.of(new Part.Mutate(origin, message.action(), serial, change, by, version, any));
      case APPEND -> {
        Part.Change fields =
            new Part.Change(message.name(), null, message.encoding(), message.extras());
        List<Part.Piece> pieces = List.of(new Part.Piece(origin, message.data()));
        yield Optional.of(new Part.Append(serial, fields, by, version, any, pieces));
      }
      case CREATE, META, SUMMARY -> Optional.empty();
    };
  }

  private static Permission anyOf(MessageAction action) {
    return action == MessageAction.DELETE
        ? Permission.MESSAGE_DELETE_ANY
        : Permission.MESSAGE_UPDATE_ANY;
  }

  /** May they change messages of their own? To append to them, publish is enough. */
  private static @Nullable ErrorInfo notTheirs(
      Access access, String channel, MessageAction action, @Nullable String actor) {
    boolean delete = action == MessageAction.DELETE;
    Permission own = delete ? Permission.MESSAGE_DELETE_OWN : Permission.MESSAGE_UPDATE_OWN;
    boolean may =
        access.permits(own, channel)
            || (action == MessageAction.APPEND && access.permits(Permission.PUBLISH, channel));
    if (!may) {
      return ErrorCode.CAPABILITY_DENIED.info(
          "these credentials do not allow changing messages on this channel");
    }
    return actor == null
        ? ErrorCode.NOT_YOUR_MESSAGE.info(
            "message-update-any and message-delete-any would allow it without one")
        : null;
  }

  /** An ANNOTATION frame or a REST request: annotations of one message. */
  Judged annotations(Access access, String channel, List<Annotation> annotations, Sender sender) {
    ErrorInfo fault = closed(channel);
    if (fault == null && annotations.isEmpty()) {
      fault = ErrorCode.BAD_REQUEST.info("at least one annotation is needed");
    }
    if (fault == null && annotations.size() > MAX_MESSAGES) {
      fault = ErrorCode.TOO_MANY_MESSAGES.info();
    }
    if (fault == null && !access.permits(Permission.ANNOTATION_PUBLISH, channel)) {
      return denied("annotation-publish", channel);
    }
    if (fault == null && !rules.mutable(access.app(), ChannelNames.plain(channel))) {
      fault = ErrorCode.MUTATIONS_DISABLED.info("messages on this channel cannot be annotated");
    }
    if (fault != null) {
      return new Judged.Bad(fault);
    }
    long size = 0;
    String target = annotations.getFirst().messageSerial();
    List<Annotation> filled = new ArrayList<>(annotations.size());
    for (Annotation annotation : annotations) {
      size += Lengths.size(annotation);
      Annotation one = filled(annotation, sender, filled.size());
      fault = Lengths.fault(annotation);
      if (fault == null) {
        fault = notThem(access, annotation.clientId());
      }
      if (fault == null) {
        fault = Annotating.fault(one, target);
      }
      if (fault != null) {
        return new Judged.Bad(fault);
      }
      filled.add(one);
    }
    fault = tooLarge(size);
    if (fault != null || target == null) {
      return new Judged.Bad(fault == null ? ErrorCode.BAD_PARAMETER.info() : fault);
    }
    String key = MessageIds.key(target, annotations);
    Origin origin = new Origin(sender.publisher(), sender.msgSerial(), key);
    int bytes = (int) size + OVERHEAD * annotations.size();
    return new Judged.Good(new Part.Annotate(origin, target, filled), bytes, false);
  }

  /**
   * An OBJECT frame or a REST request: operations on shared objects, whole or not at all.
   *
   * @param asked of how many they were made, which is as many in a frame
   */
  Judged operations(
      Access access, String channel, List<ObjectMessage> messages, Sender sender, int asked) {
    ErrorInfo fault = closed(channel);
    if (fault == null && messages.isEmpty()) {
      fault = ErrorCode.BAD_REQUEST.info("at least one operation is needed");
    }
    if (fault == null && messages.size() > MAX_MESSAGES) {
      fault =
          ErrorCode.TOO_MANY_MESSAGES.info(
              "one batch takes at most " + MAX_MESSAGES + " operations");
    }
    if (fault == null && !access.permits(Permission.OBJECT_PUBLISH, channel)) {
      return denied("object-publish", channel);
    }
    if (fault != null) {
      return new Judged.Bad(fault);
    }
    long size = 0;
    String clientId = sender.clientId();
    List<@Nullable String> ids = new ArrayList<>(messages.size());
    List<Part.Act> acts = new ArrayList<>(messages.size());
    for (ObjectMessage message : messages) {
      size += MessageSize.of(message);
      ids.add(message.id());
      clientId = clientId == null ? message.clientId() : clientId;
      fault = notThem(access, message.clientId());
      if (fault == null && message.clientId() != null && !message.clientId().equals(clientId)) {
        fault = ErrorCode.INVALID_CLIENT_ID.info("the operations of a batch are one client's");
      }
      fault = fault == null ? Operating.fault(message) : fault;
      if (fault != null) {
        return new Judged.Bad(fault);
      }
      acts.add(Operating.act(message));
    }
    fault = tooLarge(size);
    fault = fault == null ? MessageIds.faultOf(ids) : fault;
    if (fault != null) {
      return new Judged.Bad(fault);
    }
    String key = MessageIds.keyOfOperations(ids, asked);
    Origin origin = new Origin(sender.publisher(), sender.msgSerial(), key);
    Part.Author author = new Part.Author(clientId, sender.connectionId(), sender.id());
    int bytes = (int) size + OVERHEAD * messages.size();
    return new Judged.Good(new Part.Operate(origin, author, acts), bytes, false);
  }

  private static Annotation filled(Annotation annotation, Sender sender, int index) {
    return new Annotation(
        annotation.action(),
        annotation.id() == null ? sender.id() + ":" + index : annotation.id(),
        annotation.clientId() == null ? sender.clientId() : annotation.clientId(),
        sender.connectionId(),
        annotation.name(),
        annotation.count(),
        annotation.data(),
        annotation.encoding(),
        0,
        null,
        annotation.messageSerial(),
        annotation.type(),
        annotation.extras());
  }

  /** A PRESENCE frame. */
  Judged presence(
      Access access, String channel, List<PresenceMessage> messages, Sender sender, Owner owner) {
    ErrorInfo fault = closed(channel);
    if (fault == null && messages.isEmpty()) {
      fault = ErrorCode.BAD_REQUEST.info("a presence frame needs at least one message");
    }
    if (fault == null && messages.size() > MAX_MESSAGES) {
      fault = ErrorCode.TOO_MANY_MESSAGES.info();
    }
    if (fault != null) {
      return new Judged.Bad(fault);
    }
    if (!onlyLeaves(messages) && !access.permits(Permission.PRESENCE, channel)) {
      return denied("presence", channel);
    }
    long size = 0;
    List<PresenceMessage> filled = new ArrayList<>(messages.size());
    for (PresenceMessage message : messages) {
      size += Lengths.size(message);
      fault = Lengths.fault(message);
      if (fault == null) {
        fault = presenceFault(access, message, sender);
      }
      if (fault != null) {
        return new Judged.Bad(fault);
      }
      boolean present = message.action() == PresenceAction.PRESENT;
      filled.add(
          new PresenceMessage(
              present ? PresenceAction.ENTER : message.action(),
              presenceId(message.id(), sender, filled.size()),
              message.clientId() == null ? sender.clientId() : message.clientId(),
              sender.connectionId(),
              message.data(),
              message.encoding(),
              message.extras(),
              0));
    }
    fault = tooLarge(size);
    if (fault != null) {
      return new Judged.Bad(fault);
    }
    Origin origin = new Origin(sender.publisher(), sender.msgSerial(), null);
    int bytes = (int) size + OVERHEAD * messages.size();
    return new Judged.Good(new Part.Presence(origin, owner, filled), bytes, false);
  }

  /** Members of its own a connection takes back whatever rights it has lost since they entered. */
  static boolean onlyLeaves(List<PresenceMessage> messages) {
    return messages.stream().allMatch(message -> message.action() == PresenceAction.LEAVE);
  }

  /**
   * Clients enter again under the id of then (RTP17g). That of another connection, which a frame
   * keeps that waited while the connection became another, is of no use: between ids of different
   * connections nobody can tell which is newer.
   */
  private static String presenceId(@Nullable String given, Sender sender, int index) {
    boolean ours = given != null && given.startsWith(sender.connectionId() + ":");
    return given == null || (!ours && given.split(":", -1).length == 3)
        ? sender.id() + ":" + index
        : given;
  }

  private static @Nullable ErrorInfo presenceFault(
      Access access, PresenceMessage message, Sender sender) {
    if (message.action() == PresenceAction.ABSENT) {
      return ErrorCode.BAD_REQUEST.info("clients enter, update and leave");
    }
    if (message.clientId() == null && sender.clientId() == null) {
      return Access.ANY_CLIENT.equals(access.clientId())
          ? ErrorCode.INVALID_CLIENT_ID.info("who may be any client says which one it is to be")
          : ErrorCode.PRESENCE_NEEDS_CLIENT_ID.info(
              "neither the connection nor the message has one");
    }
    boolean leaves = message.action() == PresenceAction.LEAVE && named(message.clientId());
    return leaves ? null : notThem(access, message.clientId());
  }

  private static boolean named(@Nullable String clientId) {
    return clientId != null && !clientId.isEmpty() && !clientId.equals(Access.ANY_CLIENT);
  }

  /** Why credentials cannot speak for a client id given with a message; null if they can. */
  private static @Nullable ErrorInfo notThem(Access access, @Nullable String clientId) {
    if (clientId == null) {
      return null;
    }
    return named(clientId) && access.mayBe(clientId)
        ? null
        : ErrorCode.INVALID_CLIENT_ID.info(
            "these credentials may not use the client id of the message");
  }

  private static Judged denied(String what, String channel) {
    return new Judged.Bad(
        ErrorCode.CAPABILITY_DENIED.info(
            "these credentials do not allow " + what + " on channel '" + channel + "'"));
  }
}

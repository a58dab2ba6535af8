package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gathers the fields of one frame, which come in any order, and makes the action's record. */
final class FrameReader {
  private static final int ACTION_MISSING = -1;

  private final WireReader in;
  private int action = ACTION_MISSING;
  private @Nullable String id;
  private @Nullable String channel;
  private @Nullable String channelSerial;
  private @Nullable String connectionId;
  private @Nullable ConnectionDetails details;
  private @Nullable ErrorInfo error;
  private @Nullable String accessToken;
  private long msgSerial = -1;
  private int count = 1;
  private long timestamp;
  private long flags;
  private Map<String, String> params = Map.of();
  private List<Message> messages = List.of();
  private List<PresenceMessage> presence = List.of();
  private List<Annotation> annotations = List.of();
  private List<ObjectMessage> state = List.of();
  private List<Frame.PublishResult> results = List.of();

  private FrameReader(WireReader in) {
    this.in = in;
  }

  static Decoded read(WireReader in) throws IOException {
    return new FrameReader(in).frame();
  }

  private Decoded frame() throws IOException {
    if (!in.start() || in.token() != JsonToken.START_OBJECT) {
      throw new JsonParseException(in.parser(), "a frame is an object");
    }
    for (String field = in.field(); field != null; field = in.field()) {
      read(field);
    }
    if (!in.finished()) {
      throw new JsonParseException(in.parser(), "something follows the frame");
    }
    if (action == ACTION_MISSING) {
      throw new JsonParseException(in.parser(), "a frame has an action");
    }
    Frame frame = make();
    if (in.refusal() == null || frame instanceof Frame.Unknown) {
      return new Decoded.Ok(frame);
    }
    return new Decoded.Refused(action, blamed(), msgSerial, in.refusal());
  }

  /** A publish without its number cannot be told so, and its channel has not failed by it. */
  private @Nullable String blamed() {
    boolean publish =
        action == Actions.MESSAGE
            || action == Actions.PRESENCE
            || action == Actions.OBJECT
            || action == Actions.ANNOTATION;
    return publish && msgSerial < 0 ? null : channel;
  }

  private void read(String field) throws IOException {
    switch (field) {
      case "action" -> action = action();
      case "id" -> id = in.text(field);
      case "channel" -> channel = in.text(field);
      case "channelSerial" -> channelSerial = in.text(field);
      case "connectionId" -> connectionId = in.text(field);
      case "connectionDetails" -> details = ItemReader.connectionDetails(in);
      case "error" -> error = ItemReader.error(in);
      case "auth" -> accessToken = accessToken();
      case "msgSerial" -> msgSerial = Math.max(-1, in.number(field, -1));
      case "count" -> count = in.smallNumber(field, 1);
      case "timestamp" -> timestamp = in.number(field, 0);
      case "flags" -> flags = in.number(field, 0);
      case "params" -> params = in.params(field);
      case "messages" -> messages = in.list(field, ItemReader::message);
      case "presence" -> presence = in.list(field, ItemReader::presence);
      case "annotations" -> annotations = in.list(field, ItemReader::annotation);
      case "state" -> state = in.list(field, ObjectReader::message);
      case "res" -> results = in.list(field, ItemReader::result);
      default -> in.skip();
    }
  }

  private int action() throws IOException {
    Long number = in.integer();
    if (number == null || number != number.intValue() || number < 0) {
      throw new JsonParseException(in.parser(), "an action is a small number");
    }
    return number.intValue();
  }

  private @Nullable String accessToken() throws IOException {
    if (!in.object("auth")) {
      return null;
    }
    String token = null;
    for (String field = in.field(); field != null; field = in.field()) {
      if (field.equals("accessToken")) {
        token = in.text(field);
      } else {
        in.skip();
      }
    }
    return token;
  }

  /** The record of the action; what it needs and lacks is refused and stood in for. */
  private Frame make() {
    return switch (action) {
      case Actions.HEARTBEAT -> new Frame.Heartbeat(id);
      case Actions.ACK -> new Frame.Ack(serial(), count, results);
      case Actions.NACK -> new Frame.Nack(serial(), count, error());
      case Actions.CONNECTED ->
          new Frame.Connected(needed(connectionId, "connectionId"), details(), error);
      case Actions.DISCONNECT -> new Frame.Disconnect();
      case Actions.DISCONNECTED -> new Frame.Disconnected(error);
      case Actions.CLOSE -> new Frame.Close();
      case Actions.CLOSED -> new Frame.Closed();
      case Actions.ERROR -> new Frame.ProtocolError(channel, error());
      case Actions.ATTACH -> new Frame.Attach(channel(), channelSerial, flags, params);
      case Actions.ATTACHED ->
          new Frame.Attached(
              channel(), needed(channelSerial, "channelSerial"), flags, params, error);
      case Actions.DETACH -> new Frame.Detach(channel());
      case Actions.DETACHED -> new Frame.Detached(channel(), error);
      case Actions.PRESENCE ->
          new Frame.Presence(
              channel(), presence, msgSerial, id, connectionId, channelSerial, timestamp);
      case Actions.MESSAGE ->
          new Frame.Messages(
              channel(), messages, msgSerial, id, connectionId, channelSerial, timestamp, params);
      case Actions.SYNC -> new Frame.Sync(channel(), channelSerial, presence);
      case Actions.OBJECT ->
          new Frame.Objects(
              channel(), state, msgSerial, id, connectionId, channelSerial, timestamp);
      case Actions.OBJECT_SYNC -> new Frame.ObjectSync(channel(), channelSerial, state);
      case Actions.AUTH -> new Frame.Auth(accessToken);
      case Actions.ANNOTATION ->
          new Frame.Annotations(
              channel(), annotations, msgSerial, id, connectionId, channelSerial, timestamp);
      default -> new Frame.Unknown(action, channel, msgSerial);
    };
  }

  private String channel() {
    return needed(channel, "channel");
  }

  private long serial() {
    if (msgSerial < 0) {
      in.refuse(ErrorCode.BAD_REQUEST, "action " + action + " needs a msgSerial");
    }
    return msgSerial;
  }

  private String needed(@Nullable String value, String field) {
    if (value == null) {
      in.refuse(ErrorCode.BAD_REQUEST, "action " + action + " needs a " + field);
      return "";
    }
    return value;
  }

  private ErrorInfo error() {
    if (error == null) {
      in.refuse(ErrorCode.BAD_REQUEST, "action " + action + " needs an error");
      return ErrorCode.BAD_REQUEST.info();
    }
    return error;
  }

  private ConnectionDetails details() {
    if (details == null) {
      in.refuse(ErrorCode.BAD_REQUEST, "action " + action + " needs connectionDetails");
      return new ConnectionDetails(null, "", 0, 0, 0, 0, 0, "", "", 0);
    }
    return details;
  }
}

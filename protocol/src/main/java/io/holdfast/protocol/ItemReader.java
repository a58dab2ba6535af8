package io.holdfast.protocol;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what frames and REST bodies are made of. Null means refused, as the reader says. */
final class ItemReader {

  private ItemReader() {}

  static @Nullable Message message(WireReader in) throws IOException {
    if (!in.object("a message")) {
      return null;
    }
    long action = MessageAction.CREATE.number();
    String id = null;
    String name = null;
    Payload payload = new Payload();
    String clientId = null;
    String connectionId = null;
    String connectionKey = null;
    long timestamp = 0;
    Extras extras = null;
    String serial = null;
    Version version = null;
    String summary = null;
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "action" -> action = in.number(field, MessageAction.CREATE.number());
        case "id" -> id = in.text(field);
        case "name" -> name = in.text(field);
        case "data" -> payload.data(in);
        case "encoding" -> payload.encoding(in.text(field));
        case "clientId" -> clientId = in.text(field);
        case "connectionId" -> connectionId = in.text(field);
        case "connectionKey" -> connectionKey = in.text(field);
        case "timestamp" -> timestamp = in.number(field, 0);
        case "extras" -> extras = extras(in);
        case "serial" -> serial = in.text(field);
        case "version" -> version = version(in);
        case "annotations" -> summary = summary(in);
        default -> in.skip();
      }
    }
    Data data = payload.settle(in);
    MessageAction known = MessageAction.of(action);
    if (known == null) {
      in.refuse(ErrorCode.BAD_REQUEST, "a message cannot have action " + action);
      return null;
    }
    return new Message(
        known,
        id,
        name,
        data,
        payload.encoding(),
        clientId,
        connectionId,
        connectionKey,
        timestamp,
        extras,
        serial,
        version,
        summary);
  }

  private static @Nullable String summary(WireReader in) throws IOException {
    if (!in.object("annotations")) {
      return null;
    }
    String summary = null;
    for (String field = in.field(); field != null; field = in.field()) {
      if (field.equals("summary")) {
        summary = in.json(field, ErrorCode.BAD_REQUEST);
      } else {
        in.skip();
      }
    }
    return summary;
  }

  static @Nullable Annotation annotation(WireReader in) throws IOException {
    if (!in.object("an annotation")) {
      return null;
    }
    long action = AnnotationAction.CREATE.number();
    String id = null;
    String clientId = null;
    String connectionId = null;
    String name = null;
    long count = 0;
    Payload payload = new Payload();
    long timestamp = 0;
    String serial = null;
    String messageSerial = null;
    String type = null;
    Extras extras = null;
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "action" -> action = in.number(field, AnnotationAction.CREATE.number());
        case "id" -> id = in.text(field);
        case "clientId" -> clientId = in.text(field);
        case "connectionId" -> connectionId = in.text(field);
        case "name" -> name = in.text(field);
        case "count" -> {
          long given = in.number(field, 1);
          // a 0 that was given is not the same as none
          count = given == 0 ? -1 : given;
        }
        case "data" -> payload.data(in);
        case "encoding" -> payload.encoding(in.text(field));
        case "timestamp" -> timestamp = in.number(field, 0);
        case "serial" -> serial = in.text(field);
        case "messageSerial" -> messageSerial = in.text(field);
        case "type" -> type = in.text(field);
        case "extras" -> extras = extras(in);
        default -> in.skip();
      }
    }
    Data data = payload.settle(in);
    AnnotationAction known = AnnotationAction.of(action);
    if (known == null) {
      in.refuse(ErrorCode.BAD_REQUEST, "an annotation needs an action of 0 or 1");
      return null;
    }
    return new Annotation(
        known,
        id,
        clientId,
        connectionId,
        name,
        count,
        data,
        payload.encoding(),
        timestamp,
        serial,
        messageSerial,
        type,
        extras);
  }

  static @Nullable PresenceMessage presence(WireReader in) throws IOException {
    if (!in.object("a presence message")) {
      return null;
    }
    long action = -1;
    String id = null;
    String clientId = null;
    String connectionId = null;
    Payload payload = new Payload();
    Extras extras = null;
    long timestamp = 0;
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "action" -> action = in.number(field, -1);
        case "id" -> id = in.text(field);
        case "clientId" -> clientId = in.text(field);
        case "connectionId" -> connectionId = in.text(field);
        case "data" -> payload.data(in);
        case "encoding" -> payload.encoding(in.text(field));
        case "extras" -> extras = extras(in);
        case "timestamp" -> timestamp = in.number(field, 0);
        default -> in.skip();
      }
    }
    Data data = payload.settle(in);
    PresenceAction known = PresenceAction.of(action);
    if (known == null) {
      in.refuse(ErrorCode.BAD_REQUEST, "a presence message needs an action of 0 to 4");
      return null;
    }
    return new PresenceMessage(
        known, id, clientId, connectionId, data, payload.encoding(), extras, timestamp);
  }

  static @Nullable Extras extras(WireReader in) throws IOException {
    String json = in.json("extras", ErrorCode.INVALID_EXTRAS);
    return json == null ? null : Extras.of(json);
  }

  private static @Nullable Version version(WireReader in) throws IOException {
    if (!in.object("version")) {
      return null;
    }
    String serial = null;
    long timestamp = 0;
    String clientId = null;
    String description = null;
    String metadata = null;
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "serial" -> serial = in.text(field);
        case "timestamp" -> timestamp = in.number(field, 0);
        case "clientId" -> clientId = in.text(field);
        case "description" -> description = in.text(field);
        case "metadata" -> metadata = in.json(field, ErrorCode.BAD_REQUEST);
        default -> in.skip();
      }
    }
    return new Version(serial, timestamp, clientId, description, metadata);
  }

  static @Nullable ErrorInfo error(WireReader in) throws IOException {
    if (!in.object("error")) {
      return null;
    }
    int code = 0;
    int status = 0;
    String message = null;
    String href = null;
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "code" -> code = in.smallNumber(field, 0);
        case "statusCode" -> status = in.smallNumber(field, 0);
        case "message" -> message = in.text(field);
        case "href" -> href = in.text(field);
        default -> in.skip();
      }
    }
    return new ErrorInfo(code, status, message == null ? "" : message, href);
  }

  static Frame.@Nullable PublishResult result(WireReader in) throws IOException {
    if (!in.object("res")) {
      return null;
    }
    List<@Nullable String> serials = List.of();
    for (String field = in.field(); field != null; field = in.field()) {
      if (field.equals("serials")) {
        serials = in.texts(field);
      } else {
        in.skip();
      }
    }
    return new Frame.PublishResult(serials);
  }

  static @Nullable ConnectionDetails connectionDetails(WireReader in) throws IOException {
    if (!in.object("connectionDetails")) {
      return null;
    }
    String clientId = null;
    String connectionKey = null;
    int maxMessageSize = 0;
    int maxFrameSize = 0;
    int maxInboundRate = 0;
    long connectionStateTtl = 0;
    long maxIdleInterval = 0;
    String serverId = null;
    String siteCode = null;
    long objectsGCGracePeriod = 0;
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "clientId" -> clientId = in.text(field);
        case "connectionKey" -> connectionKey = in.text(field);
        case "maxMessageSize" -> maxMessageSize = in.smallNumber(field, 0);
        case "maxFrameSize" -> maxFrameSize = in.smallNumber(field, 0);
        case "maxInboundRate" -> maxInboundRate = in.smallNumber(field, 0);
        case "connectionStateTtl" -> connectionStateTtl = in.number(field, 0);
        case "maxIdleInterval" -> maxIdleInterval = in.number(field, 0);
        case "serverId" -> serverId = in.text(field);
        case "siteCode" -> siteCode = in.text(field);
        case "objectsGCGracePeriod" -> objectsGCGracePeriod = in.number(field, 0);
        default -> in.skip();
      }
    }
    if (connectionKey == null) {
      in.refuse(ErrorCode.BAD_REQUEST, "connectionDetails needs a connectionKey");
      return null;
    }
    return new ConnectionDetails(
        clientId,
        connectionKey,
        maxMessageSize,
        maxFrameSize,
        maxInboundRate,
        connectionStateTtl,
        maxIdleInterval,
        serverId == null ? "" : serverId,
        siteCode == null ? "" : siteCode,
        objectsGCGracePeriod);
  }
}

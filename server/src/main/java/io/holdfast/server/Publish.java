package io.holdfast.server;

import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.DecodedMessages;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The messages in the body of a publish. Usually it holds them; without their envelope it is the
 * data of one message whose fields stand in the headers or the query; from a form it has the
 * fields.
 */
final class Publish {
  private static final String FORM = "application/x-www-form-urlencoded";

  private Publish() {}

  static List<Message> messages(Request request) {
    String type = type(request);
    if ("false".equals(request.target().param("enveloped"))) {
      return List.of(bare(request, type));
    }
    if (type.equals(FORM)) {
      return List.of(fromForm(fields(request.body())));
    }
    return switch (BodyCodec.decodeMessages(request.messageFormat(), request.body())) {
      case DecodedMessages.Ok(List<Message> messages) -> messages;
      case DecodedMessages.Refused(ErrorInfo error) -> throw new Refusal(error);
    };
  }

  private static String type(Request request) {
    String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
    return type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  private static Message bare(Request request, String type) {
    Body body = body(request.body(), type);
    String more = field(request, "Encoding", "encoding");
    return message(
        field(request, "MessageId", "messageId"),
        field(request, "Name", "name"),
        body.data,
        more == null ? body.encoding : body.encoding == null ? more : more + "/" + body.encoding,
        // The header is read with the credentials: it says who asks, in base64.
        request.target().param("clientId"),
        field(request, "ConnectionKey", "connectionKey"));
  }

  private record Body(@Nullable Data data, @Nullable String encoding) {}

  private static Body body(byte[] bytes, String type) {
    if (bytes.length == 0) {
      return new Body(null, null);
    }
    boolean json = type.equals("application/json");
    if (json && BodyCodec.decodeTree(Format.JSON, bytes) == null) {
      throw new Refusal(ErrorCode.INVALID_DATA.info("the body is not valid JSON"));
    }
    return json || type.startsWith("text/")
        ? new Body(Data.text(new String(bytes, StandardCharsets.UTF_8)), json ? "json" : null)
        : new Body(Data.binary(bytes), null);
  }

  private static @Nullable String field(Request request, String header, String param) {
    String value = request.headers().get("X-Ably-" + header);
    return value == null ? request.target().param(param) : value;
  }

  private static Map<String, String> fields(byte[] form) {
    // One character a byte, as a query comes: text need not be escaped in it, only be UTF-8.
    String query = new String(form, StandardCharsets.ISO_8859_1);
    try {
      return Target.of("/?" + query).params();
    } catch (IllegalArgumentException e) {
      throw new Refusal(ErrorCode.BAD_REQUEST.info("the form: " + e.getMessage()));
    }
  }

  private static Message fromForm(Map<String, String> fields) {
    String data = fields.get("data");
    return message(
        fields.get("id"),
        fields.get("name"),
        data == null ? null : Data.text(data),
        fields.get("encoding"),
        fields.get("clientId"),
        fields.get("connectionKey"));
  }

  private static Message message(
      @Nullable String id,
      @Nullable String name,
      @Nullable Data data,
      @Nullable String encoding,
      @Nullable String clientId,
      @Nullable String connectionKey) {
    return new Message(
        MessageAction.CREATE,
        id,
        name,
        data,
        encoding,
        clientId,
        null,
        connectionKey,
        0,
        null,
        null,
        null);
  }
}

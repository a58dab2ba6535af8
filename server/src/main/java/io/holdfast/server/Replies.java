package io.holdfast.server;

import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Puts an answer into the form that its request asked for. */
final class Replies {
  private static final String LINK = "Link";
  private static final String ERROR_CODE = "X-Ably-Errorcode";
  private static final String ERROR_MESSAGE = "X-Ably-Errormessage";
  private static final String EXPOSED =
      LINK + ", " + ERROR_CODE + ", " + ERROR_MESSAGE + ", X-Ably-Serverid, X-Ably-Version";

  private Replies() {}

  static FullHttpResponse reply(Request request, Response response) {
    FullHttpResponse reply =
        switch (response) {
          case Response.Tree(int status, Object body, var links) ->
              tree(request, status, body, String.join(", ", links));
          case Response.Fault(ErrorInfo error) -> fault(request, error, Map.of("error", error));
          case Response.Mixed(ErrorInfo error, var parts) ->
              fault(request, error, Map.of("error", error, "batchResponse", parts));
          case Response.Plain(int status, String type, String text) ->
              whole(status, type, text.getBytes(StandardCharsets.UTF_8));
          case Response.Empty(int status, Map<String, String> headers) -> empty(status, headers);
        };
    cors(request, reply.headers());
    return reply;
  }

  private static FullHttpResponse fault(Request request, ErrorInfo error, Object body) {
    FullHttpResponse reply = tree(request, error.statusCode(), body, "");
    reply.headers().set(ERROR_CODE, error.code());
    // A header holds plain characters only; the body says all of it.
    reply.headers().set(ERROR_MESSAGE, error.message().replaceAll("[^ -~]", "?"));
    return reply;
  }

  private static FullHttpResponse tree(Request request, int status, Object body, String links) {
    Format envelope = request.envelope();
    if (envelope != null) {
      return whole(200, type(envelope), BodyCodec.encodeTree(wrap(status, body, links), envelope));
    }
    Format format = request.replyFormat();
    FullHttpResponse reply = whole(status, type(format), BodyCodec.encodeTree(body, format));
    if (!links.isEmpty()) {
      reply.headers().set(LINK, links);
    }
    return reply;
  }

  private static Map<String, Object> wrap(int status, Object body, String links) {
    Map<String, Object> envelope = new LinkedHashMap<>();
    envelope.put("statusCode", status);
    envelope.put("response", body);
    envelope.put("headers", links.isEmpty() ? Map.of() : Map.of(LINK, links));
    return envelope;
  }

  /** Without a charset: clients compare the whole text. */
  private static String type(Format format) {
    return switch (format) {
      case JSON -> "application/json";
      case MSGPACK -> "application/x-msgpack";
    };
  }

  private static FullHttpResponse whole(int status, String type, byte[] body) {
    FullHttpResponse reply =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
    reply.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    reply.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
    return reply;
  }

  private static FullHttpResponse empty(int status, Map<String, String> headers) {
    FullHttpResponse reply =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.EMPTY_BUFFER);
    headers.forEach(reply.headers()::set);
    return reply;
  }

  /** A page of any origin may ask: what it may do is decided by its credentials alone. */
  private static void cors(Request request, HttpHeaders headers) {
    String origin = request.headers().get(HttpHeaderNames.ORIGIN);
    headers.set(HttpHeaderNames.VARY, "Origin");
    if (origin != null) {
      headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
      headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
      headers.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
  }
}

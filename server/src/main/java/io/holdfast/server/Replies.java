package io.holdfast.server;

import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts an answer into the form that its request asked for. */
final class Replies {
  private static final String LINK = "Link";
  private static final String ERROR_CODE = "X-Ably-Errorcode";
  private static final String ERROR_MESSAGE = "X-Ably-Errormessage";
  private static final String WWW_AUTHENTICATE = "WWW-Authenticate";
  private static final String RETRY_AFTER = "Retry-After";
  private static final String EXPOSED =
      String.join(
          ", ",
          LINK,
          ERROR_CODE,
          ERROR_MESSAGE,
          RETRY_AFTER,
          WWW_AUTHENTICATE,
          "X-Ably-Serverid, X-Ably-Version");
  private static final long SECOND = 1_000;

  private Replies() {}

  static FullHttpResponse reply(Request request, Response response) {
    FullHttpResponse reply =
        switch (response) {
          case Response.Drawn drawn -> drawn.reply();
          case Response.Tree(int status, Object body, var links) ->
              tree(request, status, body, links.isEmpty() ? Map.of() : Map.of(LINK, links));
          case Response.Fault(ErrorInfo error) ->
              fault(request, error, Map.of("error", said(request, error)));
          case Response.Mixed(ErrorInfo error, var parts) ->
              fault(request, error, Map.of("error", said(request, error), "batchResponse", parts));
          case Response.Plain(int status, String type, String text) ->
              whole(status, type, text.getBytes(StandardCharsets.UTF_8));
          case Response.Bytes(String type, byte[] body) -> whole(200, type, body);
          case Response.Empty(int status, Map<String, String> headers) -> empty(status, headers);
        };
    cors(request, reply.headers());
    if (comesBack(response.status()) && !reply.headers().contains(RETRY_AFTER)) {
      reply.headers().set(RETRY_AFTER, seconds(0));
    }
    return reply;
  }

  /** Whether an answer of this status is to say when to come again. */
  private static boolean comesBack(int status) {
    return status == HttpResponseStatus.TOO_MANY_REQUESTS.code()
        || status == HttpResponseStatus.SERVICE_UNAVAILABLE.code();
  }

  /** In whole seconds, and one at the least: the soonest that the header can say. */
  private static long seconds(long ms) {
    return Math.max(1, Math.ceilDiv(ms, SECOND));
  }

  /** The head of an answer that comes bit by bit. */
  static HttpResponse stream(Request request, String type) {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    head.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    // Proxies that collect answers before they pass them on are asked not to.
    head.headers().set("X-Accel-Buffering", "no");
    HttpUtil.setTransferEncodingChunked(head, request.chunks());
    never(head.headers());
    cors(request, head.headers());
    return head;
  }

  /** Nobody is to keep this answer for the next who asks. */
  static void never(HttpHeaders headers) {
    headers.set(HttpHeaderNames.CACHE_CONTROL, "no-cache, no-store, no-transform");
  }

  private static FullHttpResponse fault(Request request, ErrorInfo error, Object body) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    if (comesBack(error.statusCode())) {
      headers.put(RETRY_AFTER, List.of(String.valueOf(seconds(error.retryAfter()))));
    }
    if (error.statusCode() == HttpResponseStatus.UNAUTHORIZED.code()) {
      headers.put(WWW_AUTHENTICATE, List.of(wanted(error)));
    }
    FullHttpResponse reply = tree(request, error.statusCode(), body, headers);
    reply.headers().set(ERROR_CODE, error.code());
    // A header holds plain characters only; the body says all of it.
    reply.headers().set(ERROR_MESSAGE, error.message().replaceAll("[^ -~]", "?"));
    return reply;
  }

  /**
   * What credentials are asked for. SDKs renew their token upon "stale" whatever the code is, so it
   * is said only where another would do, and Bearer, which some take for the same, never. Nor
   * Basic: browsers would ask for a name and a password, and send them along for pages of any
   * origin.
   */
  private static String wanted(ErrorInfo error) {
    return error.code() == ErrorCode.TOKEN_EXPIRED.number()
        ? "X-Ably-Token realm=\"ably\", stale"
        : "X-Ably-Token realm=\"ably\"";
  }

  private static Object said(Request request, ErrorInfo error) {
    String id = request.target().param("request_id");
    return id == null ? error : withRequestId(error, id);
  }

  /** So that a client finds the request in its own log (RSC7c). */
  private static Map<String, @Nullable Object> withRequestId(ErrorInfo error, String id) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("code", error.code());
    fields.put("statusCode", error.statusCode());
    fields.put("message", error.message());
    fields.put("href", error.href());
    fields.put("requestId", id);
    return fields;
  }

  private static FullHttpResponse tree(
      Request request, int status, Object body, Map<String, List<String>> headers) {
    Format envelope = request.envelope();
    if (envelope != null) {
      return whole(
          200, type(envelope), BodyCodec.encodeTree(wrap(status, body, headers), envelope));
    }
    Format format = request.replyFormat();
    FullHttpResponse reply = whole(status, type(format), BodyCodec.encodeTree(body, format));
    // One by one: not every SDK takes links apart that stand in one header.
    headers.forEach(reply.headers()::set);
    return reply;
  }

  private static Map<String, Object> wrap(
      int status, Object body, Map<String, List<String>> headers) {
    Map<String, String> joined = new LinkedHashMap<>();
    headers.forEach((name, values) -> joined.put(name, String.join(", ", values)));
    Map<String, Object> envelope = new LinkedHashMap<>();
    envelope.put("statusCode", status);
    envelope.put("response", body);
    envelope.put("headers", joined);
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

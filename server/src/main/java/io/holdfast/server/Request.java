package io.holdfast.server;

import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request over HTTP, whole.
 *
 * @param chunks whether its client knows answers that come in chunks
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
record Request(String method, Target target, HttpHeaders headers, byte[] body, boolean chunks) {
  private static final String VERSION = "X-Ably-Version";
  private static final double OUR_VERSION = 6;
  private static final String CLIENT_ID = "X-Ably-ClientId";
  private static final int UNSUPPORTED = 415;

  /** The format of its body: JSON unless it says otherwise. */
  Format bodyFormat() {
    Format said = named(headers.get(HttpHeaderNames.CONTENT_TYPE));
    return said == null ? Format.JSON : said;
  }

  /** The format of the messages in its body, which is JSON when it does not say at all. */
  Format messageFormat() {
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
    if (type != null && named(type) == null) {
      ErrorInfo info =
          ErrorCode.BAD_REQUEST.info(
              "messages are taken as application/json or application/x-msgpack, which Content-Type"
                  + " must name");
      throw new Refusal(info.withStatus(UNSUPPORTED));
    }
    return bodyFormat();
  }

  /** The format to answer in: by its query, else what it accepts first, else that of its body. */
  Format replyFormat() {
    Format said = target.format();
    if (said == null) {
      said = named(headers.get(HttpHeaderNames.ACCEPT));
    }
    return said == null ? bodyFormat() : said;
  }

  /** In which format the answer is wrapped for who cannot read headers; null for not at all. */
  @Nullable Format envelope() {
    return switch (target.param("envelope")) {
      case null -> null;
      case "msgpack" -> Format.MSGPACK;
      case "json" -> Format.JSON;
      default -> null;
    };
  }

  /** The version of the protocol that its client speaks; ours when it does not say. */
  double version() {
    String said = headers.get(VERSION);
    said = said == null ? target.param("v") : said;
    try {
      return said == null ? OUR_VERSION : Double.parseDouble(said);
    } catch (NumberFormatException e) {
      throw new Refusal(ErrorCode.UNSUPPORTED_PROTOCOL.info());
    }
  }

  boolean hasCredentials() {
    return headers.contains(HttpHeaderNames.AUTHORIZATION)
        || target.param("key") != null
        || target.param("access_token") != null
        || target.param("accessToken") != null;
  }

  /** Who is asking. */
  Principal principal(Authenticator authenticator) {
    String base64 = headers.get(CLIENT_ID);
    String clientId = base64 == null ? null : Credentials.decoded(base64);
    if (base64 != null && clientId == null) {
      throw new Refusal(ErrorCode.INVALID_CLIENT_ID.info(CLIENT_ID + " must be base64 of UTF-8"));
    }
    Credentials credentials =
        target.credentials(headers.get(HttpHeaderNames.AUTHORIZATION), clientId);
    return switch (authenticator.authenticate(credentials)) {
      case Authentication.Granted(Principal principal) -> principal;
      case Authentication.Refused(ErrorInfo error) -> throw new Refusal(error);
    };
  }

  /** The first of some media types that is one of ours; null when none is. */
  private static @Nullable Format named(@Nullable String types) {
    for (String type : types == null ? new String[0] : types.split(",", -1)) {
      String bare = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
      switch (bare) {
        case "application/x-msgpack", "application/msgpack" -> {
          return Format.MSGPACK;
        }
        case "application/json" -> {
          return Format.JSON;
        }
        default -> {} // another may follow
      }
    }
    return null;
  }
}

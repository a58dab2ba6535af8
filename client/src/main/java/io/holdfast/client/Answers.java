package io.holdfast.client;

import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the trees that answers of a server are made of. */
final class Answers {
  private Answers() {}

  /** The error of a body {@code {error: {...}}}, or one made of the status. */
  static ErrorInfo error(int status, Format format, byte[] body) {
    ErrorInfo error = said(format, body);
    if (error != null) {
      return error;
    }
    int code = status >= 500 ? 50_000 : status == 404 ? 40_400 : 40_000;
    return new ErrorInfo(code, status, "The server answered with the status " + status, null);
  }

  /** The error of a body {@code {error: {...}}}; null when it says none. */
  static @Nullable ErrorInfo said(Format format, byte[] body) {
    return error(map(BodyCodec.decodeTree(format, body)).get("error"));
  }

  static @Nullable ErrorInfo error(@Nullable Object tree) {
    if (!(tree instanceof Map<?, ?> map)) {
      return null;
    }
    return new ErrorInfo(
        (int) number(map.get("code")),
        (int) number(map.get("statusCode")),
        map.get("message") instanceof String message ? message : "",
        text(map.get("href")));
  }

  static Map<?, ?> map(@Nullable Object tree) {
    return tree instanceof Map<?, ?> map ? map : Map.of();
  }

  static List<?> list(@Nullable Object tree) {
    return tree instanceof List<?> list ? list : List.of();
  }

  static @Nullable String text(@Nullable Object tree) {
    return tree instanceof String text ? text : null;
  }

  static long number(@Nullable Object tree) {
    if (tree instanceof Number number) {
      return number.longValue();
    }
    return tree instanceof String text && text.matches("-?\\d{1,18}") ? Long.parseLong(text) : 0;
  }
}

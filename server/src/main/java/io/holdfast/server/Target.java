package io.holdfast.server;

import io.holdfast.protocol.Format;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request's first line asks for, decoded.
 *
 * @param segments of the path, the empty ones between slashes included: a channel's name may be one
 * @param params of the query; of several of one name the first
 */
record Target(List<String> segments, Map<String, String> params) {
  private static final int MAX_PARAMS = 200;

  Target {
    segments = List.copyOf(segments);
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException for escapes that are none
   */
  static Target of(String uri) {
    int scheme = uri.startsWith("/") ? -1 : uri.indexOf("://");
    int start = scheme < 0 ? 0 : uri.indexOf('/', scheme + 3);
    String local = start < 0 ? "/" : uri.substring(start);
    int mark = local.indexOf('?');
    String path = mark < 0 ? local : local.substring(0, mark);
    List<String> segments = new ArrayList<>();
    for (String segment : path.substring(path.startsWith("/") ? 1 : 0).split("/", -1)) {
      // A plus is itself in a path and a space only in a query.
      segments.add(decode(segment, false));
    }
    return new Target(segments, mark < 0 ? Map.of() : params(local.substring(mark + 1)));
  }

  @Nullable String param(String name) {
    return params.get(name);
  }

  /** The format that it asks answers or frames in; null when it does not say, or says another. */
  @Nullable Format format() {
    return switch (param("format")) {
      case null -> null;
      case "json" -> Format.JSON;
      case "msgpack" -> Format.MSGPACK;
      default -> null;
    };
  }

  Credentials credentials(@Nullable String authorization, @Nullable String clientId) {
    String token = param("access_token");
    return Credentials.of(
        authorization, param("key"), token == null ? param("accessToken") : token, clientId);
  }

  private static Map<String, String> params(String query) {
    Map<String, String> params = new LinkedHashMap<>();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
      if (!name.isEmpty() && params.size() < MAX_PARAMS) {
        params.putIfAbsent(name, equals < 0 ? "" : decode(pair.substring(equals + 1), true));
      }
    }
    return params;
  }

  private static String decode(String text, boolean form) {
    if (text.chars().allMatch(c -> c < 0x80 && c != '%' && !(form && c == '+'))) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        boolean whole = i + 2 < text.length();
        int high = whole ? Character.digit(text.charAt(i + 1), 16) : -1;
        int low = whole ? Character.digit(text.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          throw new IllegalArgumentException("a % is not followed by two hexadecimal digits");
        }
        bytes.write(high << 4 | low);
        i += 2;
      } else if (c == '+' && form) {
        bytes.write(' ');
      } else {
        // The codec gives every byte of the line as one character, those of bare UTF-8 too.
        bytes.write(c);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}

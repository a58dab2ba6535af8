package io.holdfast.connections;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A channel's name as clients give it: {@code [filter=...?rewind=1]name}, of which the qualifier
 * says how to look at the channel.
 *
 * @param channel the name it is stored under
 * @param params channel params of the qualifier
 * @param filter of a derived channel, in base64; null for none
 */
record QualifiedName(String channel, Map<String, String> params, @Nullable String filter) {
  private static final String FILTER = "filter=";

  static QualifiedName of(String given) {
    int end = given.startsWith("[") ? given.indexOf(']') : -1;
    if (end < 0) {
      return new QualifiedName(given, Map.of(), null);
    }
    String name = given.substring(end + 1);
    String qualifier = given.substring(1, end);
    int mark = qualifier.indexOf('?');
    String kind = mark < 0 ? qualifier : qualifier.substring(0, mark);
    Map<String, String> params = mark < 0 ? Map.of() : params(qualifier.substring(mark + 1));
    if (kind.isEmpty()) {
      return new QualifiedName(name, params, null);
    }
    if (kind.startsWith(FILTER)) {
      return new QualifiedName(name, params, kind.substring(FILTER.length()));
    }
    return new QualifiedName("[" + kind + "]" + name, params, null);
  }

  private static Map<String, String> params(String query) {
    Map<String, String> params = new LinkedHashMap<>();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      if (!name.isEmpty()) {
        params.put(decoded(name), equals < 0 ? "" : decoded(pair.substring(equals + 1)));
      }
    }
    return params;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEscaped) {
      return text;
    }
  }
}

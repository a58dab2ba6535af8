package io.holdfast.client;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client shows to be let in. */
sealed interface Proof {
  /** The parameters of a query that show it. */
  Map<String, String> params();

  /** The header {@code Authorization} that shows it. */
  String header();

  /** A key, shown as it is. */
  record Key(String key) implements Proof {
    @Override
    public Map<String, String> params() {
      return Map.of("key", key);
    }

    @Override
    public String header() {
      return "Basic " + base64(key);
    }

    @Override
    public String toString() {
      return "Key[...]";
    }
  }

  /**
   * A token.
   *
   * @param expires null when nobody knows
   * @param clientId null when it is for nobody, or nobody knows
   */
  record Bearer(String token, @Nullable Instant expires, @Nullable String clientId, Token from)
      implements Proof {
    @Override
    public Map<String, String> params() {
      return Map.of("access_token", token);
    }

    @Override
    public String header() {
      return "Bearer " + base64(token);
    }

    @Override
    public String toString() {
      return "Bearer[expires=" + expires + "]";
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Those of the parameters that show something. */
  static Map<String, String> only(Map<String, String> params) {
    Map<String, String> shown = new LinkedHashMap<>();
    for (String name : new String[] {"key", "access_token"}) {
      String value = params.get(name);
      if (value != null) {
        shown.put(name, value);
      }
    }
    return shown;
  }
}

package io.holdfast.demoagent;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a provider's model is.
 *
 * @param apiKey a secret; null for a provider that asks for none
 */
record Endpoint(@Nullable String apiKey, String baseUrl, String model) {
  private static final String OPENAI = "https://api.openai.com/v1";
  private static final String DEFAULT_MODEL = "gpt-4.1-mini";

  /** What the environment names, or null when that is no model. */
  static @Nullable Endpoint of(Map<String, String> environment) {
    String apiKey = environment.getOrDefault("OPENAI_API_KEY", "");
    String baseUrl = environment.getOrDefault("OPENAI_BASE_URL", "");
    String model = environment.getOrDefault("OPENAI_MODEL", "");
    if (apiKey.isEmpty() && baseUrl.isEmpty()) {
      return null;
    }
    return new Endpoint(
        apiKey.isEmpty() ? null : apiKey,
        baseUrl.isEmpty() ? OPENAI : baseUrl,
        model.isEmpty() ? DEFAULT_MODEL : model);
  }

  /** Says nothing of the key. */
  @Override
  public String toString() {
    return model + " at " + baseUrl;
  }
}

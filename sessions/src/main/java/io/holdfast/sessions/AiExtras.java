package io.holdfast.sessions;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session's part of a message's extras: {@code ai.transport} and {@code ai.codec}.
 *
 * @param present whether there is an {@code ai} object at all; a message without is foreign
 * @param codec the codec's headers by their names, empty when there are none
 */
record AiExtras(boolean present, TransportHeaders transport, Map<String, String> codec) {
  private static final AiExtras FOREIGN = new AiExtras(false, TransportHeaders.NONE, Map.of());
  private static final String AI = "ai";
  private static final String TRANSPORT = "transport";
  private static final String CODEC = "codec";

  /** Reads what is ours of extras as a JSON tree; values that are no texts are left out. */
  static AiExtras read(@Nullable Object extras) {
    Map<String, @Nullable Object> all = JsonTree.asObject(extras);
    Map<String, @Nullable Object> ai = all == null ? null : JsonTree.asObject(all.get(AI));
    if (ai == null) {
      return FOREIGN;
    }
    TransportHeaders.Builder transport = TransportHeaders.builder();
    texts(ai.get(TRANSPORT))
        .forEach(
            (name, value) -> {
              Header header = WireNames.V0_8.header(name);
              if (header != null) {
                transport.set(header, value);
              }
            });
    return new AiExtras(true, transport.build(), texts(ai.get(CODEC)));
  }

  private static Map<String, String> texts(@Nullable Object tier) {
    Map<String, @Nullable Object> fields = JsonTree.asObject(tier);
    if (fields == null || fields.isEmpty()) {
      return Map.of();
    }
    Map<String, String> texts = new LinkedHashMap<>();
    fields.forEach(
        (name, value) -> {
          if (value instanceof String text) {
            texts.put(name, text);
          }
        });
    return Map.copyOf(texts);
  }

  /** Extras of these headers as a JSON tree; {@code codec} is left out when it is empty. */
  static Map<String, Object> write(
      TransportHeaders transport, Map<String, String> codec, boolean ephemeral) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Header header : Header.values()) {
      String value = transport.get(header);
      if (value != null) {
        headers.put(WireNames.V0_8.of(header), value);
      }
    }
    Map<String, Object> ai =
        codec.isEmpty() ? Map.of(TRANSPORT, headers) : Map.of(TRANSPORT, headers, CODEC, codec);
    return ephemeral ? Map.of(AI, ai, "ephemeral", true) : Map.of(AI, ai);
  }
}

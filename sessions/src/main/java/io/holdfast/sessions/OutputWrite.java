package io.holdfast.sessions;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an agent's output is on the wire, before the session adds its own headers. */
public sealed interface OutputWrite {
  /**
   * A message that is whole at once.
   *
   * @param fields the codec's headers by name, {@code kind} among them
   * @param data a text, a JSON value, or null for none
   * @param ephemeral whether it is delivered to who is there and kept for nobody else
   */
  record Discrete(Map<String, String> fields, @Nullable Object data, boolean ephemeral)
      implements OutputWrite {}

  /** Opens a stream, which is a message that grows. */
  record Open(String streamId, Map<String, String> fields) implements OutputWrite {}

  /** Adds to a stream. */
  record Delta(String streamId, String text) implements OutputWrite {}

  /**
   * Ends a stream.
   *
   * @param fields put over those that the stream was opened with
   * @param otherwise what to write when no such stream is open; null to fail then
   */
  record Close(String streamId, Map<String, String> fields, @Nullable Discrete otherwise)
      implements OutputWrite {}
}

package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Which version of a message this is (TM2s).
 *
 * @param serial orders the versions of one message as a string; greater than the message's serial
 *     for all but the first; null when sent by a client
 * @param timestamp when this version was made, ms since the epoch; 0 when absent
 * @param clientId who made it, if known
 * @param description the operation's description, if given
 * @param metadata the operation's metadata as JSON object text, if given
 */
public record Version(
    @Nullable String serial,
    long timestamp,
    @Nullable String clientId,
    @Nullable String description,
    @Nullable String metadata) {
  /** Whether all values of the metadata are text, as those are that SDKs with types can read. */
  public boolean metadataIsText() {
    if (metadata == null) {
      return true;
    }
    try (JsonParser in = Wire.json(metadata)) {
      boolean text = in.nextToken() == JsonToken.START_OBJECT;
      while (text && in.nextToken() == JsonToken.FIELD_NAME) {
        text = in.nextToken() == JsonToken.VALUE_STRING;
      }
      return text;
    } catch (IOException e) {
      throw new IllegalArgumentException("metadata is not JSON", e);
    }
  }
}

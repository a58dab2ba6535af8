package io.holdfast.client;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client needs to go on where another was (RTN16), as all SDKs write it. */
record RecoveryKey(String connectionKey, long msgSerial, Map<String, String> channelSerials) {
  private static final Logger LOG = LoggerFactory.getLogger(RecoveryKey.class);

  /** The key of the text; null for none, and for one that cannot be read. */
  static @Nullable RecoveryKey parse(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      Map<String, ?> map = Json.object(text);
      if (map.get("connectionKey") instanceof String key) {
        Map<String, String> serials = new LinkedHashMap<>();
        Answers.map(map.get("channelSerials"))
            .forEach(
                (name, serial) -> {
                  if (serial instanceof String place) {
                    serials.put(String.valueOf(name), place);
                  }
                });
        return new RecoveryKey(key, Answers.number(map.get("msgSerial")), serials);
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    LOG.error("The recovery key cannot be read, so nothing is recovered");
    return null;
  }

  String text() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("connectionKey", connectionKey);
    map.put("msgSerial", msgSerial);
    map.put("channelSerials", channelSerials);
    return Json.write(map);
  }
}

package io.holdfast.simulator;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;

/**
 * Looks into a connection key, which no client can: to know by which name its frames are stored.
 */
final class KeyPeek {
  private KeyPeek() {}

  /** Which life of its connection a key is for. */
  static int life(String key) {
    byte[] payload = Base64.getUrlDecoder().decode(key);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload))) {
      byte format = in.readByte();
      String connectionId = in.readUTF();
      if (format != 1 || connectionId.isEmpty()) {
        throw new IllegalArgumentException("a key of form " + format + ": mend this");
      }
      return in.readInt();
    } catch (IOException torn) {
      throw new UncheckedIOException(torn);
    }
  }
}

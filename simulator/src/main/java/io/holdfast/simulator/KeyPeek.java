package io.holdfast.simulator;

import io.holdfast.fold.Owner;
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

  /**
   * What a key says.
   *
   * @param life which one of its connection the key is for
   * @param owner the transport it was made on
   */
  record Seen(String connectionId, long life, Owner owner) {}

  static Seen look(String key) {
    byte[] payload = Base64.getUrlDecoder().decode(key);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload))) {
      byte format = in.readByte();
      String connectionId = in.readUTF();
      if (format != 2 || connectionId.isEmpty()) {
        throw new IllegalArgumentException("a key of form " + format + ": mend this");
      }
      long life = in.readLong();
      String whose = in.readUTF() + " " + in.readUTF();
      if (whose.isBlank()) {
        throw new IllegalArgumentException("a key of nobody");
      }
      return new Seen(connectionId, life, new Owner(in.readUTF(), in.readLong()));
    } catch (IOException torn) {
      throw new UncheckedIOException(torn);
    }
  }
}

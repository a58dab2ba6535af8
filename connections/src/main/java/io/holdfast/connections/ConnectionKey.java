package io.holdfast.connections;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What a client holds to go on with its connection: sealed, so that any node can believe it, and
 * new at every CONNECTED.
 *
 * @param incarnation which life of the connection; a recovered client begins a new one
 * @param clientId the credentials' client id; empty for none
 * @param boot the run of the node it was last connected to
 * @param transport the number of the transport there
 * @param serial makes keys of one transport differ
 */
record ConnectionKey(
    String connectionId,
    long incarnation,
    String app,
    String clientId,
    String boot,
    long transport,
    int serial) {
  private static final int FORMAT = 2;

  /** Who the client is; null if it may be anybody, or nobody. */
  @Nullable String concreteClientId() {
    return clientId.isEmpty() || clientId.equals(Access.ANY_CLIENT) ? null : clientId;
  }

  String seal(Sealer sealer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeUTF(connectionId);
      out.writeLong(incarnation);
      out.writeUTF(app);
      out.writeUTF(clientId);
      out.writeUTF(boot);
      out.writeLong(transport);
      out.writeInt(serial);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sealer.seal(bytes.toByteArray()));
  }

  /** Reads a key that we have sealed; null for anything else. */
  static @Nullable ConnectionKey open(String text, Sealer sealer) {
    byte[] sealed;
    try {
      sealed = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException garbage) {
      return null;
    }
    byte[] bytes = sealer.open(sealed);
    if (bytes == null) {
      return null;
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readByte() != FORMAT) {
        return null;
      }
      return new ConnectionKey(
          in.readUTF(),
          in.readLong(),
          in.readUTF(),
          in.readUTF(),
          in.readUTF(),
          in.readLong(),
          in.readInt());
    } catch (IOException torn) {
      return null;
    }
  }
}

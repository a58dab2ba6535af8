package io.holdfast.fuzz;

import io.holdfast.connections.Sealer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Seals by a sum, which a fuzzer may learn to forge: what is inside must do no harm either. */
final class Stamp implements Sealer {
  private static final int SUM = 4;

  @Override
  public byte[] seal(byte[] payload) {
    byte[] sealed = Arrays.copyOf(payload, payload.length + SUM);
    int sum = Arrays.hashCode(payload);
    for (int i = 0; i < SUM; i++) {
      sealed[payload.length + i] = (byte) (sum >> (Byte.SIZE * i));
    }
    return sealed;
  }

  @Override
  public byte @Nullable [] open(byte[] sealed) {
    if (sealed.length < SUM) {
      return null;
    }
    byte[] payload = Arrays.copyOf(sealed, sealed.length - SUM);
    return Arrays.equals(seal(payload), sealed) ? payload : null;
  }
}

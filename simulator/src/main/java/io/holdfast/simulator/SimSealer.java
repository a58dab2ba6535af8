package io.holdfast.simulator;

import io.holdfast.connections.Sealer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Seals with a number instead of a signature; a number that was forgotten opens nothing. */
final class SimSealer implements Sealer {
  private byte secret;

  void forget() {
    secret++;
  }

  @Override
  public byte[] seal(byte[] payload) {
    byte[] sealed = Arrays.copyOf(payload, payload.length + 1);
    sealed[payload.length] = secret;
    return sealed;
  }

  @Override
  public byte @Nullable [] open(byte[] sealed) {
    int length = sealed.length - 1;
    return length >= 0 && sealed[length] == secret ? Arrays.copyOf(sealed, length) : null;
  }
}

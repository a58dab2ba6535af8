package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SecretsTest {
  private static final byte[] PAYLOAD = "payload".getBytes(StandardCharsets.UTF_8);

  private final AuthFixture auth = new AuthFixture();

  private Secrets another() {
    return new Secrets(auth.registry, auth.clock, new SplittableRandom(7));
  }

  @Test
  void whatIsSealedOpensForItsPurposeOnly() {
    byte[] sealed = auth.secrets.seal("token", PAYLOAD);
    assertArrayEquals(PAYLOAD, auth.secrets.open("token", sealed));
    assertNull(auth.secrets.open("connection", sealed));
    assertArrayEquals(PAYLOAD, auth.secrets.sealer("token").open(sealed));
    assertNull(auth.secrets.sealer("connection").open(sealed));
    sealed[5]++;
    assertNull(auth.secrets.open("token", sealed));
    assertNull(auth.secrets.open("token", new byte[0]));
  }

  @Test
  void everyNodeOfARegistryAcceptsWhatOneSigned() {
    byte[] sealed = auth.secrets.seal("token", PAYLOAD);
    assertArrayEquals(PAYLOAD, another().open("token", sealed));
  }

  @Test
  void earlierSecretsAreStillAcceptedForAWhile() {
    byte[] sealed = auth.secrets.seal("token", PAYLOAD);
    Secrets other = another();
    for (int i = 0; i < 4; i++) {
      auth.clock.move(Secrets.PERIOD);
      auth.secrets.rotateIfDue();
    }
    assertNotNull(auth.secrets.open("token", sealed));
    assertNotNull(other.open("token", auth.secrets.seal("token", PAYLOAD)));
    auth.clock.move(Secrets.PERIOD);
    other.rotateIfDue();
    assertNull(auth.secrets.open("token", sealed));
  }

  @Test
  void nothingIsRotatedBeforeItIsDue() {
    byte[] sealed = auth.secrets.seal("token", PAYLOAD);
    for (int i = 0; i < 10; i++) {
      auth.secrets.rotateIfDue();
    }
    assertNotNull(auth.secrets.open("token", sealed));
  }
}

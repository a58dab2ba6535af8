package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionKeyTest {
  private static final Sealer SEALER = new Lobby.Stamp();
  private static final ConnectionKey KEY =
      new ConnectionKey("conn", 3, "app", "ann £", "boot", 77, 2);

  @Test
  void aSealedKeyOpens() {
    assertEquals(KEY, ConnectionKey.open(KEY.seal(SEALER), SEALER));
  }

  @Test
  void keysAreSafeInUrls() {
    String sealed = KEY.seal(SEALER);
    assertEquals(sealed.replaceAll("[^A-Za-z0-9_-]", ""), sealed);
  }

  @Test
  void everyChangedCharacterMakesAKeyWorthless() {
    String sealed = KEY.seal(SEALER);
    // the last one may hold bits that belong to no byte
    for (int i = 0; i < sealed.length() - 1; i++) {
      StringBuilder forged = new StringBuilder(sealed);
      forged.setCharAt(i, forged.charAt(i) == 'A' ? 'B' : 'A');
      assertNull(ConnectionKey.open(forged.toString(), SEALER), "at " + i);
    }
  }

  @Test
  void keysOfOneTransportDiffer() {
    ConnectionKey next = new ConnectionKey("conn", 3, "app", "ann £", "boot", 77, 3);
    assertNotEquals(KEY.seal(SEALER), next.seal(SEALER));
  }

  @Test
  void aSealedPayloadThatIsNoKeyIsNone() {
    for (byte[] payload : new byte[][] {{}, {1}, {2, 0, 0}, {1, 0, 4, 'c', 'o'}}) {
      String text =
          java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(SEALER.seal(payload));
      assertNull(ConnectionKey.open(text, SEALER));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "not base64!", "AAAA", "conn0!key", "£"})
  void garbageIsNoKey(String text) {
    assertNull(ConnectionKey.open(text, SEALER));
  }
}

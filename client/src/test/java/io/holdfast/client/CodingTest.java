package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.protocol.Data;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Data and how it is encoded. */
class CodingTest {
  private static final byte[] KEY = new byte[16];

  private static @Nullable Object roundTrip(Coding coding, @Nullable Object data) {
    Coding.Payload payload = coding.encode(data);
    Coding.Value value = coding.decode(payload.data(), payload.encoding());
    assertNull(value.encoding());
    return value.data();
  }

  private static Map<String, @Nullable Object> tree() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("nothing", null);
    tree.put("list", Arrays.asList(1L, 2.5, "x", null, true));
    tree.put("big", new java.math.BigInteger("123456789012345678901234567890"));
    return tree;
  }

  @Test
  void dataComesBackAsItWas() {
    for (Coding coding : List.of(Coding.PLAIN, Coding.of(Cipher.of(KEY)))) {
      assertEquals("tëxt \u0000 \uD83D\uDE00", roundTrip(coding, "tëxt \u0000 \uD83D\uDE00"));
      assertEquals("", roundTrip(coding, ""));
      assertArrayEquals(new byte[] {1, 0, -1}, (byte[]) roundTrip(coding, new byte[] {1, 0, -1}));
      assertEquals(tree(), roundTrip(coding, tree()));
      assertEquals(List.of("a"), roundTrip(coding, List.of("a")));
      assertEquals(7L, roundTrip(coding, 7));
      assertNull(roundTrip(coding, null));
    }
  }

  @Test
  void stepsOfTheEncodingAreNamed() {
    Coding secret = Coding.of(Cipher.of(new byte[32]));
    assertEquals("json", Coding.PLAIN.encode(Map.of()).encoding());
    assertNull(Coding.PLAIN.encode("x").encoding());
    assertEquals("json/utf-8/cipher+aes-256-cbc", secret.encode(Map.of()).encoding());
    assertEquals("utf-8/cipher+aes-256-cbc", secret.encode("x").encoding());
    assertEquals("cipher+aes-256-cbc", secret.encode(new byte[1]).encoding());
  }

  @Test
  void whatCannotBeUndoneIsLeftAndNamed() {
    Coding.Payload secret = Coding.of(Cipher.of(KEY)).encode("x");
    Coding.Value value = Coding.PLAIN.decode(secret.data(), secret.encoding());
    assertEquals("utf-8/cipher+aes-128-cbc", value.encoding());
    Coding.Value wrongKey =
        Coding.of(Cipher.of(new byte[32])).decode(secret.data(), secret.encoding());
    assertEquals("utf-8/cipher+aes-128-cbc", wrongKey.encoding());
    Coding.Value broken = Coding.PLAIN.decode(Data.text("{"), "json");
    assertEquals("{", broken.data());
    assertEquals("json", broken.encoding());
  }

  @Test
  void jsonNullIsNoData() {
    Coding.Value value = Coding.PLAIN.decode(Data.text("null"), "json");
    assertNull(value.data());
    assertNull(value.encoding());
  }

  @Test
  void whatHasNoFormIsRefused() {
    assertThrows(HoldfastException.class, () -> Coding.PLAIN.encode(new Object()));
    assertThrows(HoldfastException.class, () -> Coding.PLAIN.encode(Double.NaN));
    assertThrows(HoldfastException.class, () -> Coding.PLAIN.encode(Map.of(1, 2)));
    List<@Nullable Object> itself = new java.util.ArrayList<>();
    itself.add(itself);
    assertThrows(HoldfastException.class, () -> Coding.PLAIN.encode(itself));
  }

  @Test
  void aMessageKeepsWhatItsFrameSaysForIt() {
    io.holdfast.protocol.Message wire =
        new io.holdfast.protocol.Message(
            io.holdfast.protocol.MessageAction.CREATE,
            null,
            "n",
            Data.text("x"),
            null,
            null,
            null,
            null,
            0,
            null,
            "s1",
            null);
    Message message = Coding.PLAIN.decode(wire, "c:1:0", "c", 5);
    assertEquals("c:1:0", message.id());
    assertEquals("c", message.connectionId());
    assertEquals(java.time.Instant.ofEpochMilli(5), message.timestamp());
    Message.Version version = message.version();
    assertEquals("s1", version == null ? null : version.serial());
  }
}

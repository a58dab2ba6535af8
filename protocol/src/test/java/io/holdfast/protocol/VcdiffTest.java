package io.holdfast.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.davidehrmann.vcdiff.VCDiffDecoderBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class VcdiffTest {
  private static int delta(byte[] base, byte[] target) throws IOException {
    byte[] delta = Vcdiff.encode(Data.binary(base), Data.binary(target));
    ByteArrayOutputStream decoded = new ByteArrayOutputStream();
    VCDiffDecoderBuilder.builder().buildSimple().decode(base, delta, decoded);
    assertArrayEquals(target, decoded.toByteArray());
    return delta.length;
  }

  @Property
  void anotherDecoderMakesTheTargetOfAnyBase(
      @ForAll @Size(max = 400) byte[] base, @ForAll @Size(max = 400) byte[] target)
      throws IOException {
    delta(base, target);
  }

  @Property
  void alsoWhereMuchIsAlike(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    byte[] base = new byte[random.nextInt(3_000)];
    for (int i = 0; i < base.length; i++) {
      base[i] = (byte) random.nextInt(3);
    }
    byte[] target = Arrays.copyOf(base, random.nextInt(3_000));
    for (int i = random.nextInt(20); i > 0 && target.length > 0; i--) {
      target[random.nextInt(target.length)] = (byte) random.nextInt(256);
    }
    delta(base, target);
  }

  @Test
  void aSmallChangeOfASmallMessageStillShrinks() throws IOException {
    List<String> messages =
        List.of(
            "{\"foo\":\"bar\",\"count\":1,\"status\":\"active\"}",
            "{\"foo\":\"bar\",\"count\":2,\"status\":\"active\"}",
            "{\"foo\":\"bar\",\"count\":2,\"status\":\"inactive\"}",
            "{\"foo\":\"bar\",\"count\":3,\"status\":\"inactive\"}");
    for (int i = 1; i < messages.size(); i++) {
      byte[] base = messages.get(i - 1).getBytes(java.nio.charset.StandardCharsets.UTF_8);
      byte[] target = messages.get(i).getBytes(java.nio.charset.StandardCharsets.UTF_8);
      int size = delta(base, target);
      assertTrue(size < target.length, size + " bytes for " + target.length);
    }
  }

  @Test
  void aBigMessageWithOneChangeTakesNextToNothing() throws IOException {
    byte[] base = new byte[60_000];
    new Random(1).nextBytes(base);
    byte[] target = base.clone();
    target[30_000] ^= 1;
    assertTrue(delta(base, target) < 40);
  }

  @Test
  void aViewOfALongerArrayCountsOnlyToItsLength() throws IOException {
    byte[] long1 = "abcdefghijklmnop".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    byte[] delta =
        Vcdiff.encode(Data.view(Data.Kind.TEXT, long1, 8), Data.view(Data.Kind.TEXT, long1, 12));
    ByteArrayOutputStream decoded = new ByteArrayOutputStream();
    VCDiffDecoderBuilder.builder().buildSimple().decode(Arrays.copyOf(long1, 8), delta, decoded);
    assertArrayEquals(Arrays.copyOf(long1, 12), decoded.toByteArray());
  }
}

package io.holdfast.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.davidehrmann.vcdiff.VCDiffEncoderBuilder;
import com.davidehrmann.vcdiff.VCDiffStreamingEncoder;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Vcdiff;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Differences of two writers, one of which has nothing to do with us, and no differences at all.
 */
class PatchTest {
  private static final int LIMIT = 1 << 20;

  private interface Writer {
    byte[] delta(byte[] base, byte[] target) throws IOException;
  }

  private static byte[] ours(byte[] base, byte[] target) {
    return Vcdiff.encode(Data.binary(base), Data.binary(target));
  }

  private static byte[] theirs(byte[] base, byte[] target) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    VCDiffEncoderBuilder.builder().withDictionary(base).buildSimple().encode(target, out);
    return out.toByteArray();
  }

  /** Also copies from what it has made, in several windows. */
  private static byte[] inWindows(byte[] base, byte[] target) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    VCDiffStreamingEncoder<java.io.OutputStream> encoder =
        VCDiffEncoderBuilder.builder()
            .withDictionary(base)
            .withTargetMatches(true)
            .buildStreaming();
    encoder.startEncoding(out);
    for (int at = 0; at < target.length; at += 500) {
      encoder.encodeChunk(target, at, Math.min(500, target.length - at), out);
    }
    encoder.finishEncoding(out);
    return out.toByteArray();
  }

  private static final List<Writer> WRITERS =
      List.of(PatchTest::ours, PatchTest::theirs, PatchTest::inWindows);

  /** Much alike, with runs and repetitions of different lengths. */
  private static byte[] text(Random random, byte[] like) {
    byte[] text = Arrays.copyOf(like, random.nextInt(2_500));
    for (int i = like.length; i < text.length; i++) {
      text[i] =
          (byte) (random.nextInt(9) == 0 ? random.nextInt(256) : i >= 40 ? text[i - 40] : 'x');
    }
    for (int i = random.nextInt(30); i > 0 && text.length > 0; i--) {
      text[random.nextInt(text.length)] = (byte) random.nextInt(256);
    }
    return text;
  }

  @Test
  void itMakesTheTargetOfWhatAnyoneWrites() throws Exception {
    Random random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      byte[] base = text(random, new byte[0]);
      byte[] target = text(random, base);
      for (Writer writer : WRITERS) {
        byte[] delta = writer.delta(base, target);
        assertArrayEquals(target, Patch.applied(base, delta, LIMIT), "round " + round);
      }
    }
  }

  @Test
  void whatIsCutOrSpoiltMakesSomethingWithinTheLimitOrIsRefused() throws Exception {
    Random random = new Random(8);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] base = text(random, new byte[0]);
      byte[] target = text(random, base);
      byte[] delta = WRITERS.get(round % WRITERS.size()).delta(base, target);
      byte[] spoilt =
          round % 2 == 0 ? delta.clone() : Arrays.copyOf(delta, random.nextInt(delta.length + 1));
      if (spoilt.length > 0) {
        spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt(256);
      }
      try {
        assertTrue(Patch.applied(base, spoilt, 5_000).length <= 5_000);
      } catch (Patch.Unreadable e) {
        refused++;
      }
    }
    assertTrue(refused > 5_000, refused + " refused");
  }

  @Test
  void moreThanIsAllowedIsRefusedBeforeItIsMade() {
    byte[] base = "base".getBytes(UTF_8);
    byte[] target = new byte[1_000];
    byte[] delta = ours(base, target);
    assertThrows(Patch.Unreadable.class, () -> Patch.applied(base, delta, 999));
  }
}

package io.holdfast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class FrameRoundTripTest {
  @Provide
  Arbitrary<Frame> frames() {
    return Frames.any();
  }

  @Property
  void everyFrameSurvivesBothFormats(@ForAll("frames") Frame frame, @ForAll Format format) {
    byte[] bytes = FrameCodec.encode(frame, format);
    assertEquals(new Decoded.Ok(frame), FrameCodec.decode(format, bytes));
  }

  @Property
  void bytesAroundTheRangeAreNotRead(@ForAll("frames") Frame frame, @ForAll Format format) {
    byte[] bytes = FrameCodec.encode(frame, format);
    byte[] padded = new byte[bytes.length + 5];
    java.util.Arrays.fill(padded, (byte) 0xc1);
    System.arraycopy(bytes, 0, padded, 3, bytes.length);
    assertEquals(new Decoded.Ok(frame), FrameCodec.decode(format, padded, 3, bytes.length));
  }

  @Property
  void randomBytesNeverThrow(@ForAll byte[] bytes, @ForAll Format format) {
    assertNotNull(FrameCodec.decode(format, bytes));
  }

  @Provide
  Arbitrary<Integer> positions() {
    return Arbitraries.integers().between(0, 10_000);
  }

  @Property
  void oneChangedByteNeverThrows(
      @ForAll("frames") Frame frame,
      @ForAll Format format,
      @ForAll("positions") int position,
      @ForAll byte change) {
    byte[] bytes = FrameCodec.encode(frame, format);
    bytes[position % bytes.length] = change;
    assertNotNull(FrameCodec.decode(format, bytes));
  }
}

package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WireTest {
  private static ByteBuf frame(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  private static long number(String text, byte[] key) {
    ByteBuf buf = frame(text);
    return Wire.number(buf, 0, buf.writerIndex(), key);
  }

  @Test
  void readsTheNumbersOfAnAck() {
    String ack = "{\"action\":1,\"msgSerial\":0,\"count\":12,\"res\":[{\"serials\":[\"a-1:0\"]}]}";
    assertEquals(1, number(ack, Wire.ACTION_KEY));
    assertEquals(0, number(ack, Wire.SERIAL_KEY));
    assertEquals(12, number(ack, Wire.COUNT_KEY));
  }

  @Test
  void readsTheFirstSerial() {
    ByteBuf ack = frame("{\"action\":1,\"res\":[{\"serials\":[\"a-1:0\",\"a-1:1\"]}]}");
    assertEquals("a-1:0", Wire.text(ack, 0, ack.writerIndex(), Wire.SERIALS_KEY));
  }

  @Test
  void doesNotFindWhatIsBehindTheEnd() {
    ByteBuf two = frame("{\"action\":1}{\"msgSerial\":7}");
    assertEquals(-1, Wire.number(two, 0, 12, Wire.SERIAL_KEY));
    assertNull(Wire.text(two, 0, 12, Wire.DATA_KEY));
  }

  @Test
  void aKeyWithoutANumberIsMinusOne() {
    assertEquals(-1, number("{\"count\":\"x\"}", Wire.COUNT_KEY));
  }

  @Test
  void findsTheStampAPublishCarries() {
    ByteBuf text =
        new PublishFrame("c", 200, new Random(1))
            .encode(Unpooled.buffer().alloc(), 41, 0x0123_4567_89AB_CDEFL);
    int end = text.writerIndex();
    assertEquals(0x0123_4567_89AB_CDEFL, Wire.stamp(text, 0, end));
    assertEquals(41, Wire.number(text, 0, end, Wire.SERIAL_KEY));
    String data = Wire.text(text, 0, end, Wire.DATA_KEY);
    assertEquals(200, data == null ? 0 : data.length());
  }

  @Test
  void aFrameWithoutAStampIsMinusOne() {
    ByteBuf text = frame("{\"data\":\"~0123\"}");
    assertEquals(-1, Wire.stamp(text, 0, text.writerIndex()));
  }
}

package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * A publish of fixed size on one channel, encoded once: only the serial and the time stamp at the
 * head of the payload change from one message to the next.
 */
final class PublishFrame implements FrameShape {
  private static final String HEX = "0123456789abcdef";
  private static final byte[] TAIL = "\"}]}".getBytes(StandardCharsets.UTF_8);
  private static final byte[] MIDDLE =
      ",\"messages\":[{\"data\":\"".getBytes(StandardCharsets.UTF_8);

  private final byte[] head;
  private final byte[] payload;

  /** The filler is random letters, so that no layer below can compress the payload away. */
  PublishFrame(String channel, int payloadBytes, Random random) {
    head =
        ("{\"action\":15,\"channel\":\"" + channel + "\",\"msgSerial\":")
            .getBytes(StandardCharsets.UTF_8);
    payload = new byte[Math.max(payloadBytes, Wire.STAMP_LENGTH)];
    for (int i = 0; i < payload.length; i++) {
      payload[i] = (byte) ('A' + random.nextInt(26));
    }
    payload[0] = Wire.STAMP;
  }

  @Override
  public ByteBuf encode(ByteBufAllocator allocator, long msgSerial, long stamp) {
    for (int i = 0; i < 16; i++) {
      payload[1 + i] = (byte) HEX.charAt((int) (stamp >>> (60 - 4 * i)) & 15);
    }
    ByteBuf text = allocator.buffer(head.length + payload.length + 64);
    text.writeBytes(head);
    writeNumber(text, msgSerial);
    return text.writeBytes(MIDDLE).writeBytes(payload).writeBytes(TAIL);
  }

  static void writeNumber(ByteBuf out, long value) {
    if (value >= 10) {
      writeNumber(out, value / 10);
    }
    out.writeByte('0' + (int) (value % 10));
  }
}

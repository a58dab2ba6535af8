package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Random;

/** Operations on a channel's objects: map entries that are set and counters that count. */
final class ObjectFrames {
  /** Keys that a publisher sets in turn, so that state stays as large as it is. */
  static final int KEYS = 100;

  /** Entries that one frame sets while a map is filled. */
  static final int ENTRIES = 250;

  private static final String COUNTER = "{\\\"count\\\":0}";
  private static final String NONCE = "a-nonce-of-the-bench";
  private static final byte[] END_OF_SET = bytes("}}}}]}");
  private static final byte[] END_OF_COUNT = bytes("}}}]}");

  private ObjectFrames() {}

  /** Sets keys of the root, each value as long as a publish of the same bytes. */
  static FrameShape sets(String channel, int publisher, int payloadBytes, Random random) {
    byte[] head = head(channel);
    byte[] middle =
        middle("{\"action\":1,\"objectId\":\"root\",\"mapSet\":{\"key\":\"k-" + publisher);
    byte[] rest = bytes("\",\"value\":{\"string\":\"" + letters(payloadBytes, random) + "\"");
    return (allocator, msgSerial, stamp) -> {
      ByteBuf text = start(allocator, head, msgSerial, middle.length + rest.length);
      text.writeBytes(middle).writeByte('-');
      PublishFrame.writeNumber(text, msgSerial % KEYS);
      return text.writeBytes(rest).writeBytes(END_OF_SET);
    };
  }

  /**
   * Counts on the channel's one counter, which the first frame makes: making it again is no more.
   */
  static FrameShape increments(String channel, long madeAtMillis) {
    byte[] head = head(channel);
    String counter = counterId(madeAtMillis);
    byte[] make =
        middle(
            "{\"action\":3,\"objectId\":\""
                + counter
                + "\",\"counterCreateWithObjectId\":{\"initialValue\":\""
                + COUNTER
                + "\",\"nonce\":\""
                + NONCE
                + "\"}}},{\"operation\":{\"action\":1,\"objectId\":\"root\","
                + "\"mapSet\":{\"key\":\"counter\",\"value\":{\"objectId\":\""
                + counter
                + "\"");
    byte[] count =
        middle("{\"action\":4,\"objectId\":\"" + counter + "\",\"counterInc\":{\"number\":1");
    return (allocator, msgSerial, stamp) -> {
      boolean first = msgSerial == 0;
      return start(allocator, head, msgSerial, first ? make.length : count.length)
          .writeBytes(first ? make : count)
          .writeBytes(first ? END_OF_SET : END_OF_COUNT);
    };
  }

  /** Sets entries {@code from} to {@code to}, each value marked so that a reader can count them. */
  static String fill(String channel, long msgSerial, int from, int to, int payloadBytes) {
    var random = new Random(from);
    var text = new StringBuilder(new String(head(channel), StandardCharsets.UTF_8));
    text.append(msgSerial).append(",\"state\":[");
    for (int i = from; i < to; i++) {
      text.append(i == from ? "" : ",")
          .append("{\"operation\":{\"action\":1,\"objectId\":\"root\",\"mapSet\":{\"key\":\"")
          .append(key(i))
          .append("\",\"value\":{\"string\":\"")
          .append((char) Wire.STAMP)
          .append(letters(payloadBytes - 1, random))
          .append("\"}}}}");
    }
    return text.append("]}").toString();
  }

  static String key(int entry) {
    return "entry-" + entry;
  }

  static String counterId(long madeAtMillis) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(bytes(COUNTER.replace("\\", "") + ":" + NONCE));
      String name = Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
      return "counter:" + name + "@" + madeAtMillis;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
  }

  private static ByteBuf start(ByteBufAllocator allocator, byte[] head, long msgSerial, int more) {
    ByteBuf text = allocator.buffer(head.length + more + 64).writeBytes(head);
    PublishFrame.writeNumber(text, msgSerial);
    return text;
  }

  private static byte[] head(String channel) {
    return bytes("{\"action\":19,\"channel\":\"" + channel + "\",\"msgSerial\":");
  }

  private static byte[] middle(String operation) {
    return bytes(",\"state\":[{\"operation\":" + operation);
  }

  private static String letters(int count, Random random) {
    var letters = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      letters.append((char) ('A' + random.nextInt(26)));
    }
    return letters.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

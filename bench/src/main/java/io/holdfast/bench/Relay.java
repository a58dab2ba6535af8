package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Baseline for streamed answers, one to a channel: each append goes on to those attached at once, a
 * frame encoded once and as large as the product's, and is acknowledged. Nothing is stored, and
 * nothing gathered.
 */
final class Relay implements RawHandler.Publishing {
  private final int frameBytes;

  /** As many as the load has answers. */
  private final Map<String, Topic> topics = new ConcurrentHashMap<>();

  Relay(int frameBytes) {
    this.frameBytes = frameBytes;
  }

  /** One channel; the answer on it is known by its first message. */
  private static final class Topic {
    private final List<Channel> readers = new CopyOnWriteArrayList<>();
    private volatile String answer = "";
  }

  private Topic topic(String name) {
    return topics.computeIfAbsent(name, unknown -> new Topic());
  }

  @Override
  public void attached(Channel channel, String name) {
    topic(name).readers.add(channel);
  }

  @Override
  public void publish(Channel channel, long msgSerial, ByteBuf frame) {
    int from = frame.readerIndex();
    int to = frame.writerIndex();
    String name = String.valueOf(Wire.text(frame, from, to, Wire.CHANNEL_KEY));
    HeardMessage message = HeardMessage.scan(frame, from, to);
    Topic topic = topic(name);
    String answer = Wire.text(frame, from, to, Wire.NAME_KEY);
    boolean created = answer != null;
    if (answer != null) {
      topic.answer = answer;
    }
    ByteBuf encoded =
        encode(
            name,
            created ? HeardMessage.CREATE : HeardMessage.APPEND,
            topic.answer,
            created ? RawHandler.serial(msgSerial) : message.serial(),
            message.data());
    for (Channel reader : topic.readers) {
      var _ = reader.writeAndFlush(encoded.retainedDuplicate(), reader.voidPromise());
    }
    encoded.release();
    var _ = channel.writeAndFlush(RawHandler.ack(msgSerial), channel.voidPromise());
  }

  private ByteBuf encode(String channel, int action, String answer, String serial, String data) {
    String head = "{\"action\":15,\"channel\":\"" + channel + "\",\"id\":\"";
    String tail =
        "\",\"messages\":[{\"action\":"
            + action
            + ",\"name\":\""
            + answer
            + "\",\"serial\":\""
            + serial
            + "\",\"data\":\""
            + data
            + "\"}]}";
    int padding = Math.max(0, frameBytes - head.length() - tail.length());
    return RawHandler.frame(head + "x".repeat(padding) + tail);
  }
}

package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Baseline for fan-out: a frame is encoded once, each event loop writes it to its own sockets and
 * flushes them after so many messages. The envelope is padded to the size of the product's frames.
 */
final class Broadcast implements RawHandler.Publishing {
  private static final String HEAD = "{\"action\":15,\"channel\":\"fanout\",\"id\":\"";
  private static final String MIDDLE = "\",\"messages\":[{\"data\":\"";
  private static final String TAIL = "\"}]}";

  /** How long an incomplete batch waits for the rest, so that the end of a run gets out. */
  private static final int PATIENCE_MILLIS = 5;

  private final int perFlush;
  private final int frameBytes;

  /** Guarded by this: connections attach on their own loops. A list belongs to its loop. */
  private final Map<EventLoop, List<Channel>> attached = new LinkedHashMap<>();

  /** Guarded by this. */
  private List<ByteBuf> waiting = new ArrayList<>();

  /** Batches sent, so that a timer knows its own; guarded by this. */
  private long batches;

  Broadcast(int perFlush, int frameBytes) {
    this.perFlush = perFlush;
    this.frameBytes = frameBytes;
  }

  @Override
  public synchronized void attached(Channel channel, String name) {
    attached.computeIfAbsent(channel.eventLoop(), loop -> new ArrayList<>()).add(channel);
  }

  @Override
  public synchronized void closed(Channel channel) {
    List<Channel> channels = attached.get(channel.eventLoop());
    if (channels != null) {
      channels.remove(channel);
    }
  }

  @Override
  public void publish(Channel channel, long msgSerial, ByteBuf frame) {
    String data = Wire.text(frame, frame.readerIndex(), frame.writerIndex(), Wire.DATA_KEY);
    collect(encode(data == null ? "" : data), channel.eventLoop());
    var _ = channel.writeAndFlush(RawHandler.ack(msgSerial), channel.voidPromise());
  }

  private synchronized void collect(ByteBuf encoded, EventLoop timer) {
    waiting.add(encoded);
    if (waiting.size() >= perFlush) {
      broadcast();
    } else if (waiting.size() == 1) {
      long mine = batches;
      var _ = timer.schedule(() -> broadcastIfStill(mine), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void broadcastIfStill(long batch) {
    if (batches == batch) {
      broadcast();
    }
  }

  private synchronized void broadcast() {
    List<ByteBuf> batch = waiting;
    waiting = new ArrayList<>();
    batches++;
    attached.forEach((loop, channels) -> hand(loop, channels, batch));
    batch.forEach(ByteBuf::release);
  }

  private static void hand(EventLoop loop, List<Channel> channels, List<ByteBuf> batch) {
    batch.forEach(ByteBuf::retain);
    loop.execute(
        () -> {
          for (Channel channel : channels) {
            for (ByteBuf one : batch) {
              var _ = channel.write(one.retainedDuplicate(), channel.voidPromise());
            }
            channel.flush();
          }
          batch.forEach(ByteBuf::release);
        });
  }

  private ByteBuf encode(String data) {
    int fixed = HEAD.length() + MIDDLE.length() + data.length() + TAIL.length();
    return RawHandler.frame(
        HEAD + "x".repeat(Math.max(0, frameBytes - fixed)) + MIDDLE + data + TAIL);
  }
}

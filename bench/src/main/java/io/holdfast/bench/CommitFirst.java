package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/** Baseline for a durable publish: the data goes into the next group, the ack follows its sync. */
final class CommitFirst implements RawHandler.Publishing {
  private record Pending(Channel channel, long msgSerial) {}

  private final GroupCommitter<Pending> committer;

  CommitFirst(String directory) {
    committer = new GroupCommitter<>(directory, CommitFirst::acknowledge);
    var _ = committer.start();
  }

  @Override
  public void attached(Channel channel, String name) {}

  @Override
  public void publish(Channel channel, long msgSerial, ByteBuf frame) {
    int from = frame.readerIndex();
    String data = Wire.text(frame, from, frame.writerIndex(), Wire.DATA_KEY);
    byte[] value = (data == null ? "" : data).getBytes(StandardCharsets.US_ASCII);
    committer.submit(value, new Pending(channel, msgSerial));
  }

  /** One task per event loop and group, as a server that cares would do it. */
  private static void acknowledge(List<Pending> group) {
    var byLoop = new HashMap<EventLoop, List<Pending>>();
    for (Pending pending : group) {
      byLoop.computeIfAbsent(pending.channel.eventLoop(), loop -> new ArrayList<>()).add(pending);
    }
    byLoop.forEach(
        (loop, acks) ->
            loop.execute(
                () -> {
                  for (Pending pending : acks) {
                    Channel channel = pending.channel;
                    var _ =
                        channel.writeAndFlush(
                            RawHandler.ack(pending.msgSerial), channel.voidPromise());
                  }
                }));
  }
}

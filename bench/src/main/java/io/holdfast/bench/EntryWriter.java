package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Fills the root of a channel with entries over one connection, which then stays attached. */
final class EntryWriter implements ClientSocket.Reader {
  static final int VALUE_BYTES = 40;

  /** Frames in flight while a map is filled. */
  private static final int WINDOW = 8;

  private final Dialer dialer;
  private final Stage stage;
  private @Nullable ClientSocket socket;
  private String channel = "";
  private int entries;
  private int valueBytes;
  private int sent;
  private long frames;
  private long acknowledged;

  EntryWriter(Dialer dialer, Stage stage) {
    this.dialer = dialer;
    this.stage = stage;
  }

  Outcome write(String name, int count, int bytes) {
    channel = name;
    entries = count;
    valueBytes = bytes;
    ClientSocket open = dialer.open(1, i -> this).getFirst();
    socket = open;
    // It keeps the channel in memory and hears nothing.
    var _ = Dialer.await(open.attach(name, Wire.OBJECT_PUBLISH));
    long start = System.nanoTime();
    stage.run(this::pump);
    if (!stage.await(120_000, () -> sent == entries && acknowledged == frames)) {
      throw new LoadFailure("The entries were not all set within two minutes.");
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Outcome().put("seconds", seconds).put("rate", count / seconds);
  }

  private void pump() {
    ClientSocket open = socket;
    if (open == null) {
      return;
    }
    while (sent < entries && frames - acknowledged < WINDOW) {
      int end = Math.min(entries, sent + ObjectFrames.ENTRIES);
      String frame = ObjectFrames.fill(channel, frames++, sent, end, valueBytes);
      open.write(Unpooled.copiedBuffer(frame, StandardCharsets.UTF_8));
      sent = end;
    }
    open.flush();
  }

  @Override
  public void frame(ClientSocket from, ByteBuf buf, int start, int end) {
    long action = Wire.number(buf, start, end, Wire.ACTION_KEY);
    if (action == Wire.ACK) {
      acknowledged = Wire.answeredBelow(buf, start, end);
      pump();
    } else if (action == Wire.NACK || Wire.endsConnection(action)) {
      stage.fail("Unexpected answer: " + Load.text(buf, start, end));
    }
  }

  @Override
  public void closed(ClientSocket from, String why) {
    stage.fail("The connection that sets entries ended: " + why);
  }
}

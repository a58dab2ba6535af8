package io.holdfast.bench;

import io.netty.buffer.ByteBuf;

/** A client that attaches for a channel's objects: how long until it has them all. */
final class SyncReader implements ClientSocket.Reader {
  private final Stage stage;
  private long entries;
  private int pages;
  private long bytes;
  private long endedNanos;
  private boolean leaving;

  SyncReader(Stage stage) {
    this.stage = stage;
  }

  Outcome read(Dialer dialer, String channel, int expected) {
    ClientSocket socket = dialer.open(1, i -> this).getFirst();
    long start = System.nanoTime();
    var _ = Dialer.await(socket.attach(channel, Wire.OBJECT_SUBSCRIBE));
    if (!stage.await(60_000, () -> endedNanos != 0)) {
      throw new LoadFailure("The objects had not come whole after a minute.");
    }
    stage.run(
        () -> {
          leaving = true;
          var _ = socket.channel().close();
        });
    if (entries != expected) {
      throw new LoadFailure("%d of %d entries came.".formatted(entries, expected));
    }
    return new Outcome()
        .put("ms", (endedNanos - start) / 1e6)
        .put("pages", pages)
        .put("bytes", (double) bytes);
  }

  @Override
  public void frame(ClientSocket from, ByteBuf buf, int start, int end) {
    long action = Wire.number(buf, start, end, Wire.ACTION_KEY);
    if (Wire.endsConnection(action)) {
      stage.fail("Unexpected answer: " + Load.text(buf, start, end));
    }
    if (action != Wire.OBJECT_SYNC) {
      return;
    }
    for (int at = start; (at = buf.indexOf(at, end, Wire.STAMP)) >= 0; at++) {
      entries++;
    }
    pages++;
    bytes += end - start;
    String place = Wire.text(buf, start, end, Wire.PLACE_KEY);
    if (place == null || place.endsWith(":")) {
      endedNanos = System.nanoTime();
    }
  }

  @Override
  public void closed(ClientSocket from, String why) {
    if (!leaving) {
      stage.fail("The connection that reads objects ended: " + why);
    }
  }
}

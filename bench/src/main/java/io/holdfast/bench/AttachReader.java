package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Clients that join a session: each attaches and reads the newest page of its history up to there.
 * One comes every so often, and its time counts from when it was to come, however long the one
 * before took.
 */
final class AttachReader implements ClientSocket.Reader {
  private static final long INTERVAL_NANOS = 40_000_000;

  private final Dialer dialer;
  private final Stage stage;
  private final int port;
  private final SessionPlan plan;
  private final Histogram latencies = new Histogram(60_000_000_000L, 3);
  private final Histogram attached = new Histogram(60_000_000_000L, 3);
  private volatile String place = "";
  private volatile boolean leaving;

  AttachReader(Dialer dialer, Stage stage, int port, SessionPlan plan) {
    this.dialer = dialer;
    this.stage = stage;
    this.port = port;
    this.plan = plan;
  }

  /**
   * Attaches so many times and reads; every page must be the first one.
   *
   * @param file keeps that page, for a baseline to serve
   */
  Outcome read(String channel, int times, Path file) throws IOException {
    // A connection is there before its time comes: what is measured begins with ATTACH.
    var sockets = dialer.open(times, i -> this);
    byte[] first = Files.exists(file) ? Files.readAllBytes(file) : null;
    try (var pages = new PageSocket(port)) {
      long start = System.nanoTime();
      for (int i = 0; i < times; i++) {
        long due = start + i * INTERVAL_NANOS;
        boolean late = System.nanoTime() > due;
        stage.sleep((int) Math.max(0, (due - System.nanoTime()) / 1_000_000));
        // The driver's own oversleeping is not the server's.
        long from = late ? due : System.nanoTime();
        var _ = Dialer.await(sockets.get(i).attach(channel));
        attached.recordValue(System.nanoTime() - from);
        byte[] page =
            pages.get(
                "/channels/"
                    + channel
                    + "/messages?limit="
                    + SessionPlan.PAGE
                    + "&from_serial="
                    + place);
        latencies.recordValue(System.nanoTime() - from);
        first = same(first, page);
      }
    }
    stage.run(
        () -> {
          leaving = true;
          for (ClientSocket socket : sockets) {
            var _ = socket.channel().close();
          }
        });
    if (first == null) {
      throw new LoadFailure("No page was read.");
    }
    plan.check(first);
    if (!Files.exists(file)) {
      var _ = Files.write(file, first);
    }
    return new Outcome()
        .put("page", latencies)
        .put("attached", attached)
        .put("bytes", first.length);
  }

  private static byte[] same(byte @Nullable [] first, byte[] page) {
    if (first != null && !Arrays.equals(first, page)) {
      throw new LoadFailure("A page is not the one that was read before.");
    }
    return page;
  }

  @Override
  public void answered(ClientSocket socket, ByteBuf buf, int from, int to) {
    String here = Wire.text(buf, from, to, Wire.PLACE_KEY);
    place = here == null ? "" : here;
  }

  @Override
  public void frame(ClientSocket socket, ByteBuf buf, int from, int to) {
    if (Wire.endsConnection(Wire.number(buf, from, to, Wire.ACTION_KEY))) {
      stage.fail("Unexpected answer: " + Load.text(buf, from, to));
    }
  }

  @Override
  public void closed(ClientSocket socket, String why) {
    if (!leaving) {
      stage.fail("The connection that attaches ended: " + why);
    }
  }
}

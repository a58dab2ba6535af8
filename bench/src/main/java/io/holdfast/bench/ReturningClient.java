package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client of one channel that comes back to where it was when its connection has ended, whoever
 * ended it. Fails when it is told that something is missing in between. On its event loop.
 */
final class ReturningClient implements ClientSocket.Reader {
  /** What is to be done with what comes. */
  interface Inbox {
    /** A connection is there, on which nothing has come yet but its greeting. */
    default void connected(ClientSocket socket) {}

    default void attached() {}

    void messages(ByteBuf buf, int from, int to);
  }

  private static final int AGAIN_MILLIS = 200;

  /** Who cannot stay after so many tries has no place to come back to. */
  private static final int MAX_RETURNS = 100;

  private final Dialer dialer;
  private final Stage stage;
  private final String channel;
  private final Inbox inbox;
  private @Nullable ClientSocket socket;
  private @Nullable String key;
  private @Nullable String place;
  private boolean awaited;
  private boolean leaving;
  private int returns;

  ReturningClient(Dialer dialer, Stage stage, String channel, Inbox inbox) {
    this.dialer = dialer;
    this.stage = stage;
    this.channel = channel;
    this.inbox = inbox;
  }

  /** Connects and attaches, the second time and later to where it was. */
  void come() {
    awaited = false;
    String resume = key == null ? "" : "&resume=" + key;
    var _ =
        dialer
            .dial(this, resume)
            .whenComplete(
                (opened, failure) -> {
                  if (failure != null) {
                    stage.fail("A client could not connect: " + failure);
                  }
                });
  }

  /** Ends the connection without a word, and does not come back before it is told to. */
  void cut() {
    ClientSocket now = socket;
    if (now != null) {
      awaited = true;
      returns++;
      var _ = now.channel().close();
    }
  }

  /** Ends for good. */
  void leave() {
    leaving = true;
    cut();
  }

  /** How often it had to come back. */
  int returns() {
    return returns;
  }

  @Override
  public void answered(ClientSocket from, ByteBuf buf, int start, int end) {
    if (Wire.number(buf, start, end, Wire.ACTION_KEY) == Wire.CONNECTED) {
      socket = from;
      key = Wire.text(buf, start, end, Wire.CONNECTION_KEY);
      inbox.connected(from);
      String at = place;
      var _ = at == null ? from.attach(channel) : from.attachFrom(channel, at);
      return;
    }
    boolean resumed = (Wire.number(buf, start, end, Wire.FLAGS_KEY) & Wire.RESUMED) != 0;
    if (place != null && !resumed) {
      stage.fail("A client that came back was told of a gap: " + Load.text(buf, start, end));
    }
    note(buf, start, end);
    inbox.attached();
  }

  private void note(ByteBuf buf, int start, int end) {
    String here = Wire.text(buf, start, end, Wire.PLACE_KEY);
    place = here == null ? place : here;
  }

  @Override
  public void frame(ClientSocket from, ByteBuf buf, int start, int end) {
    long action = Wire.number(buf, start, end, Wire.ACTION_KEY);
    if (action == Wire.MESSAGE) {
      note(buf, start, end);
      inbox.messages(buf, start, end);
    } else if (action == Wire.ERROR || action == Wire.DETACHED) {
      stage.fail("Unexpected answer: " + Load.text(buf, start, end));
    }
  }

  @Override
  public void closed(ClientSocket from, String why) {
    if (leaving || awaited) {
      return;
    }
    if (++returns > MAX_RETURNS) {
      stage.fail("A client could not stay: " + why);
      return;
    }
    var _ = dialer.loop().schedule(this::come, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
  }
}

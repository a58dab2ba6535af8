package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Fills one channel with a session: all messages are created in their order, then the answers grow
 * a few at once, a token at a time and as fast as they are acknowledged.
 */
final class SessionWriter implements ClientSocket.Reader {
  /** Of the frames that a connection may have unacknowledged, some less than the server allows. */
  private static final int WINDOW = 3000;

  /** Answers that grow side by side; one after the other would wait for each rollup's window. */
  private static final int AT_ONCE = 10;

  private static final int PATIENCE_MILLIS = 1_200_000;

  private final Dialer dialer;
  private final Stage stage;
  private @Nullable ClientSocket socket;
  private String channel = "";
  private SessionPlan plan = new SessionPlan(0, 0);
  private String[] serials = {};
  private int created;
  private int askedFor;
  private long appended;
  private long msgSerial;
  private long acknowledgedBelow;
  private boolean leaving;

  SessionWriter(Dialer dialer, Stage stage) {
    this.dialer = dialer;
    this.stage = stage;
  }

  Outcome write(String into, SessionPlan session) {
    long start = System.nanoTime();
    start(into, session);
    awaitWritten();
    return new Outcome()
        .put("tokens", (double) appends())
        .put("seconds", (System.nanoTime() - start) / 1e9);
  }

  /** Begins to write; others may beside it. */
  void start(String into, SessionPlan session) {
    channel = into;
    plan = session;
    serials = new String[session.messages()];
    ClientSocket opened = dialer.open(1, i -> this).getFirst();
    stage.run(
        () -> {
          socket = opened;
          pump();
        });
  }

  /** Leaves once all is acknowledged. */
  void awaitWritten() {
    if (!stage.await(PATIENCE_MILLIS, this::written)) {
      throw new LoadFailure("The session was not written within twenty minutes.");
    }
    stage.run(
        () -> {
          leaving = true;
          var _ = open().channel().close();
        });
  }

  private boolean written() {
    return created == plan.messages() && appended == appends() && unacknowledged() == 0;
  }

  private long appends() {
    return (long) (plan.messages() / 2) * plan.tokens();
  }

  private long unacknowledged() {
    return msgSerial - acknowledgedBelow;
  }

  private void pump() {
    if (created == plan.messages()) {
      while (appended < appends() && unacknowledged() < WINDOW) {
        append();
      }
    } else if (askedFor == created) {
      // One at a time: they are to stand in their order.
      int message = askedFor++;
      publish("\"data\":\"" + (plan.isAnswer(message) ? "" : plan.text(message)));
    }
    open().flush();
  }

  /** The next token of the next answer in turn, of those that grow now. */
  private void append() {
    int answers = plan.messages() / 2;
    int first = (int) (appended / ((long) AT_ONCE * plan.tokens())) * AT_ONCE;
    int rest = (int) (appended++ - (long) first * plan.tokens());
    int together = Math.min(AT_ONCE, answers - first);
    int message = (first + rest % together) * 2 + 1;
    String token = plan.token(message, rest / together);
    publish("\"action\":5,\"serial\":\"" + serials[message] + "\",\"data\":\"" + token);
  }

  private void publish(String message) {
    String frame =
        "{\"action\":15,\"channel\":\""
            + channel
            + "\",\"msgSerial\":"
            + msgSerial++
            + ",\"messages\":[{"
            + message
            + "\"}]}";
    ByteBuf text = open().allocator().buffer(frame.length());
    var _ = text.writeCharSequence(frame, StandardCharsets.UTF_8);
    open().write(text);
  }

  private ClientSocket open() {
    ClientSocket now = socket;
    if (now == null) {
      throw new IllegalStateException("A session is written before the connection is there.");
    }
    return now;
  }

  @Override
  public void frame(ClientSocket from, ByteBuf buf, int start, int end) {
    if (Wire.number(buf, start, end, Wire.ACTION_KEY) != Wire.ACK) {
      stage.fail("Unexpected answer: " + Load.text(buf, start, end));
      return;
    }
    acknowledgedBelow = Wire.answeredBelow(buf, start, end);
    if (created < plan.messages()) {
      String serial = Wire.text(buf, start, end, Wire.SERIALS_KEY);
      serials[created++] = serial == null ? "" : serial;
    }
  }

  @Override
  public void readComplete(ClientSocket from) {
    if (socket != null) {
      pump();
    }
  }

  @Override
  public void closed(ClientSocket from, String why) {
    if (!leaving) {
      stage.fail("The connection that writes a session ended: " + why);
    }
  }
}

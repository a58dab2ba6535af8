package io.holdfast.simulator;

import io.holdfast.connections.ConnectRequest;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.FrameCodec;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection's way over requests, as the server's door for them has it: frames wait until the
 * client asks, one question at a time, and leave in one answer; what the client sends goes in
 * batches of which one is under way. Who does not ask again is given up.
 */
final class CometWire extends Wire {
  /** When a question is answered with nothing, ms. */
  private static final int TURN = 22_500;

  /** How long a client may take to ask again, ms. */
  private static final int AWAY = 10_000;

  /** And one whose socket is seen to be gone. */
  private static final int BROKEN_OFF = 2_000;

  private final Dice dice;
  private final Counts counts;

  /** The client's frames that wait while others are under way. */
  private final List<Frame> outbox = new ArrayList<>();

  /** The last answer, until there is another question. */
  private List<Numbered> answer = List.of();

  private boolean answered;
  private boolean asked;
  private int questions;
  private long written;
  private long read;
  private boolean sending;
  private boolean held;
  private boolean reading = true;
  private boolean inRead;

  /** A frame and which one it is of all that this transport has given. */
  private record Numbered(long number, SharedFrame frame) {}

  CometWire(History history, Client client, Dice dice, Way way) {
    super(history, client, Format.JSON, way);
    this.dice = dice;
    this.counts = history.counts();
  }

  // ---- the client's end ----

  @Override
  void open(ConnectRequest request) {
    counts.add(Happening.COMET_TRANSPORT);
    up.execute(
        () -> {
          if (!closed) {
            begins(request);
            asked();
            link = node.open(this, request.withHeartbeats());
          }
        });
  }

  @Override
  void send(Frame frame) {
    if (!severed && !clientGone) {
      history.trace(client(), ">>", frame);
      outbox.add(frame);
      post();
    }
  }

  private void post() {
    if (!sending && !outbox.isEmpty()) {
      sending = true;
      List<Frame> frames = List.copyOf(outbox);
      List<byte[]> bodies = frames.stream().map(f -> FrameCodec.encode(f, Format.JSON)).toList();
      history.comesAtOnce(bodies.stream().mapToLong(body -> body.length).sum());
      outbox.clear();
      up.execute(() -> sent(frames, bodies));
    }
  }

  /** The node's answer to what was sent; on a socket of its own. */
  private void taken() {
    sending = false;
    post();
  }

  @Override
  void cut(Dice by, boolean unnoticed) {
    if (!severed && !clientGone && down.size() > 0) {
      counts.add(Happening.COMET_ANSWER_LOST);
    }
    super.cut(by, unnoticed);
  }

  private void arrived(List<Numbered> frames) {
    for (Numbered frame : frames) {
      read = AnswersInTurn.next(client().name(), read, frame.number());
      read(frame.frame());
    }
    if (!severed && !clientGone) {
      up.execute(this::receive);
    }
  }

  /** An answer does not get through; the browser asks the same again and tells nobody. */
  private void repeat() {
    counts.add(Happening.COMET_QUESTION_REPEATED);
    if (!severed && !clientGone) {
      up.execute(this::receiveAgain);
    }
  }

  // ---- the node's end ----

  /** A socket that is gone may be followed by another. */
  @Override
  void soonLost() {
    after(
        BROKEN_OFF,
        () -> {
          if (!closed) {
            up.execute(this::lost);
          }
        });
  }

  private void sent(List<Frame> frames, List<byte[]> bodies) {
    if (link == null || closed) {
      return;
    }
    inRead = true;
    for (int i = 0; i < frames.size() && !closed; i++) {
      heard(frames.get(i));
      link.received(FrameCodec.decode(Format.JSON, bodies.get(i)), bodies.get(i).length);
    }
    inRead = false;
    flush();
    held = !reading;
    if (!held) {
      taken();
    }
  }

  private void receive() {
    if (closed && unflushed.isEmpty()) {
      // no transport of this key is open here
      down.execute(this::gone);
      return;
    }
    if (link != null && !closed) {
      link.alive();
    }
    asked();
    if (link != null && !closed) {
      link.writabilityChanged();
    }
  }

  private void receiveAgain() {
    if (link != null && !closed) {
      link.alive();
    }
    if (answered) {
      deliver(history.plant().forgetsAnswers() ? List.of() : answer);
    }
  }

  private void asked() {
    int question = ++questions;
    asked = true;
    answered = false;
    flush();
    after(
        TURN,
        () -> {
          if (question == questions && asked && !closed) {
            answer(List.of());
          }
        });
  }

  @Override
  public void flush() {
    if (inRead || !asked || unflushed.isEmpty()) {
      return;
    }
    boolean before = hasRoom();
    List<Numbered> frames = new ArrayList<>(unflushed.size());
    for (SharedFrame frame : unflushed) {
      inFlight -= frame.size(Format.JSON);
      frames.add(new Numbered(++written, frame));
    }
    unflushed.clear();
    answer(frames);
    if (!before && hasRoom() && !closed) {
      loop.execute(this::writabilityChanged);
    }
  }

  private void answer(List<Numbered> frames) {
    asked = false;
    answered = true;
    answer = frames;
    counts.add(Happening.COMET_ANSWER);
    deliver(frames);
    int question = questions;
    after(
        AWAY,
        () -> {
          if (question == questions && !closed) {
            givenUp();
          }
        });
  }

  /** A timer of the node's. */
  private void after(long ms, Runnable task) {
    history.time().after(ms, () -> node.whenAwake(task));
  }

  private void deliver(List<Numbered> frames) {
    if (severed || clientGone) {
      return;
    }
    if (dice.percent(3)) {
      down.execute(this::repeat);
    } else {
      down.execute(() -> arrived(frames));
    }
  }

  /** It stayed away; should it ask again, it is told that there is nothing. */
  private void givenUp() {
    history.trace(client().name() + " has not asked again");
    counts.add(Happening.COMET_GIVEN_UP);
    ended();
    unflushed.clear();
    if (link != null) {
      link.lost();
    }
    release();
  }

  @Override
  public void ping() {
    // that questions come is sign enough
  }

  @Override
  public void reading(boolean on) {
    reading = on;
    if (on && held) {
      held = false;
      taken();
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    inRead = false;
    flush();
    if (asked) {
      answer(List.of());
    }
    ended();
    release();
  }
}

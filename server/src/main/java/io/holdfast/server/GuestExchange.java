package io.holdfast.server;

import io.holdfast.server.RelayWire.Piece;
import io.holdfast.server.RelayWire.Verdict;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request that came on a socket of another node. Its answer goes there piece by piece, the next
 * when the one before has reached the socket; what is answered meanwhile goes together. What waits
 * is bounded by who answers: he learns what has left.
 */
final class GuestExchange implements Exchange {
  private static final long AGAIN_MS = 250;

  private final String boot;
  private final long id;
  private final byte[] asked;
  private final Insistence insistence;
  private final Consumer<GuestExchange> over;

  // Guarded by this.
  private final Deque<Bit> waiting = new ArrayDeque<>();
  private State state = State.WAITING;
  private String type = "";
  private byte @Nullable [] whole;

  /** How much of a whole answer was given. */
  private int at;

  private int number;
  private boolean sending;
  private boolean given;
  private boolean dropped;
  private @Nullable Watcher watcher;
  private @Nullable Request request;

  private enum State {
    WAITING,
    STREAMING,
    OVER
  }

  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record Bit(byte[] bytes, Runnable left) {}

  /**
   * A request that waits.
   *
   * @param boot the node that has the socket
   * @param id what it calls the request
   * @param asked the request, which is read when it is wanted
   * @param over hears once that all of the answer was given, or cannot be
   */
  GuestExchange(
      String boot, long id, byte[] asked, Insistence insistence, Consumer<GuestExchange> over) {
    this.boot = boot;
    this.id = id;
    this.asked = asked;
    this.insistence = insistence;
    this.over = over;
  }

  String boot() {
    return boot;
  }

  @Override
  public synchronized Request request() {
    if (request == null) {
      request = RelayWire.request(asked);
    }
    return request;
  }

  @Override
  public void watch(Watcher now) {
    boolean gone;
    synchronized (this) {
      watcher = now;
      gone = dropped;
    }
    if (gone) {
      now.gone();
    }
  }

  @Override
  public void answer(Response response) {
    synchronized (this) {
      if (state != State.WAITING) {
        return;
      }
      state = State.OVER;
      whole = RelayWire.response(request(), response);
    }
    pump();
  }

  @Override
  public void begin(String as) {
    synchronized (this) {
      if (state != State.WAITING) {
        return;
      }
      state = State.STREAMING;
      type = as;
    }
    pump();
  }

  @Override
  public void send(byte[] bytes, Runnable left) {
    boolean late;
    synchronized (this) {
      late = state != State.STREAMING;
      if (!late) {
        waiting.add(new Bit(bytes, left));
      }
    }
    if (late) {
      left.run();
    } else {
      pump();
    }
  }

  @Override
  public void end() {
    synchronized (this) {
      if (state != State.STREAMING) {
        return;
      }
      state = State.OVER;
    }
    pump();
  }

  /** Gives the next piece, if there is one and the one before has been taken. */
  private void pump() {
    Piece piece;
    List<Runnable> left = new ArrayList<>();
    synchronized (this) {
      piece = sending || given || dropped ? null : next(left);
      if (piece == null) {
        return;
      }
      sending = true;
      given = piece.last();
      number++;
    }
    give(piece, RelayWire.bytes(piece), left);
  }

  private @Nullable Piece next(List<Runnable> left) {
    byte[] answer = whole;
    if (answer != null) {
      int from = at;
      at = Math.min(answer.length, from + CometForwards.PIECE_BYTES);
      byte[] bytes = Arrays.copyOfRange(answer, from, at);
      return new Piece(id, number, "", true, at == answer.length, bytes);
    }
    if (state == State.WAITING || (state == State.STREAMING && number > 0 && waiting.isEmpty())) {
      return null;
    }
    List<byte[]> bits = new ArrayList<>();
    int length = 0;
    while (!waiting.isEmpty() && (bits.isEmpty() || length < CometForwards.PIECE_BYTES)) {
      Bit bit = waiting.remove();
      bits.add(bit.bytes);
      left.add(bit.left);
      length += bit.bytes.length;
    }
    byte[] bytes = new byte[length];
    int end = 0;
    for (byte[] bit : bits) {
      System.arraycopy(bit, 0, bytes, end, bit.length);
      end += bit.length;
    }
    boolean last = state == State.OVER && waiting.isEmpty();
    return new Piece(id, number, number == 0 ? type : "", false, last, bytes);
  }

  private void give(Piece piece, byte[] bytes, List<Runnable> left) {
    var _ =
        insistence
            .ask(boot, CometForwards.ANSWERS, bytes)
            .thenAccept(
                answer -> {
                  switch (Verdict.of(answer)) {
                    case TAKEN -> taken(piece, left);
                    case WRITING -> insistence.later(AGAIN_MS, () -> give(piece, bytes, left));
                    case UNKNOWN, FULL -> {
                      left.forEach(Runnable::run);
                      if (piece.last() && answer != null) {
                        over.accept(this); // it was taken, and how that ended has been lost
                      } else {
                        drop();
                      }
                    }
                  }
                });
  }

  private void taken(Piece piece, List<Runnable> left) {
    synchronized (this) {
      sending = false;
    }
    left.forEach(Runnable::run);
    if (piece.last()) {
      over.accept(this);
    } else {
      pump();
    }
  }

  @Override
  public void breakOff() {
    drop();
  }

  /** The client has hung up, or the node with its socket is gone. */
  void drop() {
    List<Bit> unsent;
    Watcher told;
    synchronized (this) {
      state = State.OVER;
      dropped = true;
      unsent = List.copyOf(waiting);
      waiting.clear();
      told = watcher;
      watcher = null;
    }
    unsent.forEach(bit -> bit.left.run());
    over.accept(this);
    if (told != null) {
      told.gone();
    }
  }

  /** The node with the socket is about to stop. */
  void leaving() {
    Watcher told;
    synchronized (this) {
      told = watcher;
    }
    if (told != null) {
      told.leaving();
    }
  }
}

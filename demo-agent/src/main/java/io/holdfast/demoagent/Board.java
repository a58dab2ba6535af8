package io.holdfast.demoagent;

import io.holdfast.client.LiveObjects;
import io.holdfast.client.NewObject;
import io.holdfast.client.ObjectPath;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The agent at the board it shares with the people: it reads their wishes there and says how far it
 * is. Everything stands flat under the channel's root, as {@code demo/shared/board.mjs} has it.
 */
final class Board {
  static final String ANSWERS = "answers";
  static final String WORDS = "words";
  private static final String RUN = "run:";

  private final LiveObjects objects;
  private final ThreadFactory threads;

  private Board(LiveObjects objects, ThreadFactory threads) {
    this.objects = objects;
    this.threads = threads;
  }

  /** Waits until the board is here, and makes the counts that everybody adds to. */
  static Board open(LiveObjects objects, ThreadFactory threads) throws InterruptedException {
    objects.sync();
    Board board = new Board(objects, threads);
    Map<?, ?> now = board.now();
    List<String> missing =
        Stream.of(ANSWERS, WORDS).filter(key -> !(now.get(key) instanceof Number)).toList();
    if (!missing.isEmpty()) {
      objects.batch(
          changes -> missing.forEach(key -> changes.set(board.root(), key, NewObject.counter(0))));
    }
    return board;
  }

  private ObjectPath root() {
    return objects.root();
  }

  private Map<?, ?> now() {
    return objects.root().compact() instanceof Map<?, ?> map ? map : Map.of();
  }

  Wishes wishes() {
    return Wishes.read(now());
  }

  /** Shows an answer that begins here. */
  Progress progress(String runId, int wanted, Wishes wishes) {
    return new Progress(objects, RUN + runId, wanted, wishes, threads);
  }

  /** Takes down what agents have left here that are no more. */
  void sweep(Predicate<String> alive) throws InterruptedException {
    for (Object key : now().keySet()) {
      String name = String.valueOf(key);
      if (name.startsWith(RUN) && !alive.test(name.substring(RUN.length()))) {
        root().remove(name);
      }
    }
  }
}

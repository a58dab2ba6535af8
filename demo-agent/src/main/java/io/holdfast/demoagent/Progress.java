package io.holdfast.demoagent;

import io.holdfast.client.HoldfastException;
import io.holdfast.client.LiveObjects;
import io.holdfast.client.NewObject;
import io.holdfast.client.ObjectPath;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What everybody sees of one answer. One change at a time is under way, whatever the network does;
 * what happens meanwhile goes with the next. Nobody depends on it: when it cannot be told, the
 * answer goes on all the same.
 */
final class Progress {
  /** Between two words about the same answer. */
  private static final long EVERY_MS = 200;

  private static final String WORDS = "words";

  /** All that is told. */
  private record Told(String doing, int words, int wanted, String wishes) {
    Map<String, Object> fields() {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("doing", doing);
      fields.put("wanted", wanted);
      fields.put("wishes", wishes);
      return fields;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final LiveObjects objects;
  private final String key;

  // guarded by the lock
  private Told now;
  private boolean over;
  private boolean between = true;

  Progress(LiveObjects objects, String key, int wanted, Wishes wishes, ThreadFactory threads) {
    this.objects = objects;
    this.key = key;
    now = new Told("thinking", 0, wanted, wishes.shown());
    threads.newThread(this::tell).start();
  }

  int words() {
    lock.lock();
    try {
      return now.words();
    } finally {
      lock.unlock();
    }
  }

  private void change(Told next) {
    now = next;
    changed.signalAll();
  }

  /** What is being done now. */
  void does(String doing) {
    lock.lock();
    try {
      change(new Told(doing, now.words(), now.wanted(), now.wishes()));
    } finally {
      lock.unlock();
    }
  }

  /** This was said; words may come in pieces. */
  void said(String text) {
    lock.lock();
    try {
      int words = now.words();
      for (int i = 0; i < text.length(); i++) {
        boolean blank = Character.isWhitespace(text.charAt(i));
        words += !blank && between ? 1 : 0;
        between = blank;
      }
      change(new Told(now.doing(), words, now.wanted(), now.wishes()));
    } finally {
      lock.unlock();
    }
  }

  /** Another length was chosen while it is written. */
  void aims(int wanted, Wishes wishes) {
    lock.lock();
    try {
      change(new Told(now.doing(), now.words(), wanted, wishes.shown()));
    } finally {
      lock.unlock();
    }
  }

  /** Takes it down and counts what was said, once what is under way is through. */
  void end() {
    lock.lock();
    try {
      over = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void tell() {
    try {
      Told told = null;
      for (Told next = awaitOther(null); next != null; next = awaitOther(told)) {
        tell(told, next);
        told = next;
        TimeUnit.MILLISECONDS.sleep(EVERY_MS);
      }
      takeDown();
    } catch (HoldfastException e) {
      // the next answer is shown again, and the next agent takes down what was left
      end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What is to be told next; null when it is over. */
  private @Nullable Told awaitOther(@Nullable Told told) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!over && now.equals(told)) {
        changed.await();
      }
      return over ? null : now;
    } finally {
      lock.unlock();
    }
  }

  private void tell(@Nullable Told before, Told next) throws InterruptedException {
    ObjectPath root = objects.root();
    Map<String, Object> fields = next.fields();
    if (before == null) {
      fields.put(WORDS, NewObject.counter(next.words()));
      root.set(key, NewObject.map(fields));
      return;
    }
    ObjectPath shown = root.at(key);
    fields.entrySet().removeAll(before.fields().entrySet());
    objects.batch(
        changes -> {
          fields.forEach((name, value) -> changes.set(shown, name, value));
          if (next.words() > before.words()) {
            changes.increment(shown.at(WORDS), next.words() - before.words());
          }
        });
  }

  private void takeDown() throws InterruptedException {
    int words = words();
    ObjectPath root = objects.root();
    objects.batch(
        changes -> {
          changes.remove(root, key);
          if (words > 0) {
            changes.increment(root.at(Board.ANSWERS), 1);
            changes.increment(root.at(Board.WORDS), words);
          }
        });
  }
}

package io.holdfast.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A reader that puts messages together as applications do, and can be waited on. */
final class Texts implements Consumer<Message> {
  private final Map<String, String> bySerial = new ConcurrentHashMap<>();
  private final java.util.Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final java.util.Queue<String> order = new ConcurrentLinkedQueue<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @Override
  public void accept(Message message) {
    String serial = String.valueOf(message.serial());
    String text = message.text() == null ? "" : message.text();
    lock.lock();
    try {
      switch (message.action()) {
        case CREATE -> {
          order.add(serial);
          if (bySerial.put(serial, text) != null) {
            faults.add("twice: " + serial);
          }
        }
        case UPDATE -> bySerial.put(serial, text);
        case APPEND -> {
          if (!bySerial.containsKey(serial)) {
            faults.add("a delta to nothing: " + serial);
          }
          bySerial.merge(serial, text, String::concat);
        }
        case DELETE, META, SUMMARY -> {}
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the message of the serial has this text. */
  void await(String serial, String text) throws InterruptedException {
    long left = TimeUnit.SECONDS.toNanos(60);
    lock.lock();
    try {
      while (!text.equals(bySerial.get(serial)) && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
    if (left <= 0) {
      throw new AssertionError("has: " + bySerial.get(serial) + " wants: " + text);
    }
  }

  /** Waits until there are so many messages. */
  void await(int messages) throws InterruptedException {
    long left = TimeUnit.SECONDS.toNanos(60);
    lock.lock();
    try {
      while (order.size() < messages && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
    if (left <= 0) {
      throw new AssertionError("has " + order.size() + " messages, wants " + messages);
    }
  }

  @Nullable String text(String serial) {
    return bySerial.get(serial);
  }

  /** Serials of what was created, in the order it was heard. */
  List<String> order() {
    return List.copyOf(order);
  }

  List<String> faults() {
    return List.copyOf(faults);
  }
}

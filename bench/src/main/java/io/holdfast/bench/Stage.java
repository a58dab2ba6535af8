package io.holdfast.bench;

import io.netty.channel.EventLoop;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Joins the thread that directs a load with the event loop that carries it. */
final class Stage {
  private final EventLoop loop;
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();

  Stage(EventLoop loop) {
    this.loop = loop;
  }

  /** The first trouble counts; later ones follow from it. */
  void fail(String what) {
    trouble.compareAndSet(null, what);
  }

  void check() {
    String what = trouble.get();
    if (what != null) {
      throw new LoadFailure(what);
    }
  }

  <T> T on(Callable<T> work) {
    try {
      return loop.submit(work).get();
    } catch (ExecutionException | InterruptedException e) {
      throw new LoadFailure("The driver failed: " + e, e);
    }
  }

  void run(Runnable work) {
    var _ =
        on(
            () -> {
              work.run();
              return true;
            });
  }

  void sleep(int millis) {
    long end = System.nanoTime() + millis * 1_000_000L;
    while (System.nanoTime() < end) {
      check();
      pause(Math.min(50, Math.max(1, (end - System.nanoTime()) / 1_000_000)));
    }
    check();
  }

  /** True when the condition, asked on the loop, came to hold within the time. */
  boolean await(int millis, BooleanSupplier condition) {
    long end = System.nanoTime() + millis * 1_000_000L;
    while (!on(condition::getAsBoolean)) {
      check();
      if (System.nanoTime() > end) {
        return false;
      }
      pause(5);
    }
    return true;
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new LoadFailure("Interrupted.", e);
    }
  }
}

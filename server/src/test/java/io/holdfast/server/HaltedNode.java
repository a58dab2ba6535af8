package io.holdfast.server;

import io.holdfast.fold.Part;
import io.holdfast.journal.Journal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that moves a channel's state to the store, shortens its log and deletes what is old,
 * and is gone at one of the steps: the child of {@link KillPointsOnDiskTest}. A step is before a
 * write is handed to the engine, or when it is durable and nobody has heard of it.
 */
final class HaltedNode {
  static final int KILLED = 9;
  static final int LATE = 1_000;

  private static final Set<String> WRITES = Set.of("put", "write", "trim", "delete");
  private static final int ROUNDS = 5;

  private final int last;
  private final AtomicInteger steps = new AtomicInteger();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger flying = new AtomicInteger();

  private HaltedNode(int last) {
    this.last = last;
  }

  /** The last publish, which brings a checkpoint. */
  static Part late() {
    return DiskScene.publish(LATE, "late" + "x".repeat(2_000));
  }

  public static void main(String[] args) {
    HaltedNode node = new HaltedNode(Integer.parseInt(args[1]));
    DiskScene scene = new DiskScene(Path.of(args[0]), DiskScene.LATER, node::around);
    scene.history();
    scene.send(late());
    node.settle(scene);
    scene.channels.compact(DiskScene.ROOM);
    node.settle(scene);
    scene.channels.expire(DiskScene.ROOM, DiskScene.CUTOFF);
    node.settle(scene);
    scene.close();
    System.out.println("steps " + node.steps.get());
    System.exit(0);
  }

  private Journal around(Journal real) {
    return (Journal)
        Proxy.newProxyInstance(
            Journal.class.getClassLoader(),
            new Class<?>[] {Journal.class},
            (proxy, method, arguments) -> call(real, method, arguments));
  }

  private Object call(Journal real, Method method, Object[] arguments) throws Throwable {
    boolean write = WRITES.contains(method.getName());
    if (write) {
      step();
    }
    Object result;
    try {
      result = method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    return result instanceof CompletableFuture<?> future ? watched(future, write) : result;
  }

  private CompletableFuture<Object> watched(CompletableFuture<?> future, boolean write) {
    calls.incrementAndGet();
    flying.incrementAndGet();
    CompletableFuture<Object> seen = new CompletableFuture<>();
    var _ =
        future.whenComplete(
            (value, failure) -> {
              if (write) {
                step();
              }
              if (failure == null) {
                seen.complete(value);
              } else {
                seen.completeExceptionally(failure);
              }
              flying.decrementAndGet();
            });
    return seen;
  }

  private void step() {
    if (steps.getAndIncrement() == last) {
      Runtime.getRuntime().halt(KILLED);
    }
  }

  /** Waits until the channel has nothing more to do: its lane asks the journal for nothing new. */
  private void settle(DiskScene scene) {
    int quiet = 0;
    int before = -1;
    while (quiet < ROUNDS) {
      DiskScene.await(scene.channels.load(DiskScene.ROOM).thenApply(load -> ""));
      boolean same = flying.get() == 0 && calls.get() == before;
      before = calls.get();
      quiet = same ? quiet + 1 : 0;
    }
  }
}

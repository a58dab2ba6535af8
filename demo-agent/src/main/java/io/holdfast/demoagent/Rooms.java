package io.holdfast.demoagent;

import io.holdfast.client.RealtimeClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The rooms the agent is in, one for a session, opened when somebody wants it there. */
final class Rooms {
  private static final int MOST_ROOMS = 100;
  private static final Duration IDLE = Duration.ofMinutes(5);
  private static final Duration LOOK_EVERY = Duration.ofMinutes(1);

  private final Equipment equipment;
  private final RealtimeClient client;
  private final BiConsumer<String, String> host;
  private final Map<String, CompletableFuture<Room>> rooms = new HashMap<>();

  /**
   * @param host is told of each run's input whether it was {@code taken} or {@code dropped}
   */
  Rooms(Equipment equipment, RealtimeClient client, BiConsumer<String, String> host) {
    this.equipment = equipment;
    this.client = client;
    this.host = host;
  }

  /** The session's room, opened if need be; who asks while it is opened waits with the others. */
  private Room of(String session) throws InterruptedException {
    CompletableFuture<Room> opening = new CompletableFuture<>();
    CompletableFuture<Room> known;
    synchronized (rooms) {
      known = rooms.get(session);
      if (known == null && rooms.size() >= MOST_ROOMS) {
        throw new IllegalStateException(MOST_ROOMS + " sessions are open already");
      }
      rooms.putIfAbsent(session, opening);
    }
    if (known != null) {
      return known.join();
    }
    try {
      Room room = Room.open(equipment, client, "demo:" + session);
      opening.complete(room);
      return room;
    } catch (RuntimeException e) {
      opening.completeExceptionally(e);
      throw e;
    } finally {
      if (!opening.isDone()) {
        opening.cancel(false);
      }
      if (opening.isCompletedExceptionally()) {
        synchronized (rooms) {
          rooms.remove(session, opening);
        }
      }
    }
  }

  /** Is in the session from here on. */
  void open(String session) {
    try {
      of(session).wanted();
    } catch (RuntimeException e) {
      Main.say(session + ": " + reason(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Answers; blocks until that is done. */
  void run(Job.Run job) {
    String input = job.invocation().inputEventId();
    boolean[] told = new boolean[1];
    try {
      of(job.session())
          .answer(
              job,
              () -> {
                told[0] = true;
                host.accept("taken", input);
              });
    } catch (RuntimeException e) {
      Main.say(job.session() + ": " + reason(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!told[0]) {
        host.accept("dropped", input);
      }
    }
  }

  private static @Nullable String reason(RuntimeException failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null
        ? cause.getMessage()
        : failure.getMessage();
  }

  /** Leaves rooms where nobody is, again and again; until it is interrupted. */
  void tidy() {
    try {
      while (!Thread.interrupted()) {
        TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
        leaveIdle();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void leaveIdle() throws InterruptedException {
    for (Map.Entry<String, Room> each : open().entrySet()) {
      Room room = each.getValue();
      if (room.idleFor(IDLE) && !room.hasPeople()) {
        synchronized (rooms) {
          rooms.remove(each.getKey());
        }
        room.leave("");
      }
    }
  }

  private Map<String, Room> open() {
    Map<String, Room> open = new HashMap<>();
    synchronized (rooms) {
      rooms.forEach(
          (session, opened) -> {
            if (opened.isDone() && !opened.isCompletedExceptionally()) {
              open.put(session, opened.join());
            }
          });
    }
    return open;
  }

  /** Ends everything that is being written, and says why. */
  void end() throws InterruptedException {
    List<Thread> leaving = new ArrayList<>();
    for (Room room : open().values()) {
      leaving.add(equipment.threads().newThread(() -> leave(room)));
    }
    leaving.forEach(Thread::start);
    for (Thread thread : leaving) {
      thread.join();
    }
  }

  private static void leave(Room room) {
    try {
      room.leave("The agent was stopped before it had finished.");
    } catch (RuntimeException e) {
      Main.say(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.holdfast.simulator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/** Tasks that run in their order, whenever the seed picks this queue. */
final class TaskQueue implements Executor {
  private final Turns turns;
  private final int place;
  private final Deque<Task> tasks = new ArrayDeque<>();
  private boolean paused;
  private boolean frozen;

  TaskQueue(Turns turns, int place) {
    this.turns = turns;
    this.place = place;
  }

  int place() {
    return place;
  }

  @Override
  public void execute(Runnable work) {
    add(new Task(work, 0));
  }

  void add(Task task) {
    tasks.add(task);
    tell();
  }

  /** Keeps the tasks from running, as a socket that is not read. */
  void pause(boolean pause) {
    paused = pause;
    tell();
  }

  /** Keeps the tasks from running, as a process that does not. */
  void freeze(boolean freeze) {
    frozen = freeze;
    tell();
  }

  void clear() {
    tasks.clear();
    tell();
  }

  /** Loses the newest tasks but for so many. */
  void keepOldest(int count) {
    while (tasks.size() > count) {
      tasks.removeLast();
    }
    tell();
  }

  int size() {
    return tasks.size();
  }

  void runNext() {
    Task next = tasks.poll();
    tell();
    if (next != null) {
      next.work().run();
    }
  }

  /** Runs what is there and may run. */
  void runDry() {
    while (isReady()) {
      runNext();
    }
  }

  private boolean isReady() {
    return !paused && !frozen && !tasks.isEmpty();
  }

  private void tell() {
    turns.ready(place, isReady());
  }
}

package io.holdfast.simulator;

import io.holdfast.channels.Timers;
import io.holdfast.journal.Journal;
import io.holdfast.journal.MemoryDisk;
import io.holdfast.journal.MemoryJournal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A disk that outlives the runs of its only node. */
final class OwnEngine implements Engine {
  private final MemoryDisk disk = new MemoryDisk();
  private final TaskQueue queue;
  private final VirtualTime time;
  private final Truth truth;
  private long commits;
  private @Nullable MemoryJournal journal;

  OwnEngine(TaskQueue queue, VirtualTime time, Truth truth) {
    this.queue = queue;
    this.time = time;
    this.truth = truth;
  }

  /** The journal asks once for every entry it stores, and once when it opens. */
  private long entryTime() {
    commits++;
    return time.now();
  }

  @Override
  public Journal open(Timers timers) {
    MemoryJournal opened = new MemoryJournal(disk, this::entryTime, queue);
    commits--;
    journal = opened;
    // first of all followers, so that the truth is known before anybody acts on it
    truth.follow(opened, ServerNode.APP);
    return opened;
  }

  MemoryJournal journal() {
    MemoryJournal open = journal;
    if (open == null) {
      throw new IllegalStateException("not opened");
    }
    return open;
  }

  @Override
  public void crash() {
    journal().crash();
  }

  @Override
  public void close() {
    journal().close();
  }

  @Override
  public List<TaskQueue> tasks() {
    return List.of(queue);
  }

  @Override
  public long commits() {
    return commits;
  }

  @Override
  public void holdFor(long ms) {
    MemoryJournal now = journal();
    now.holdCommits(true);
    time.after(ms, () -> now.holdCommits(false));
  }

  @Override
  public void hold() {
    journal().holdCommits(true);
  }

  @Override
  public void full() {
    journal().full(true);
  }

  @Override
  public void unknownAppend(boolean stored) {
    journal().unknownAppends(1, stored);
  }

  @Override
  public void mend() {
    journal().full(false);
    journal().holdCommits(false);
    journal().unknownAppends(0, false);
  }
}

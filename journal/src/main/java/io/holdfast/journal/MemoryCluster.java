package io.holdfast.journal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * An engine that several nodes share, in memory: servers that put everything in one order, and a
 * {@link MemoryLink} for each node, by which its calls, their answers and what is announced travel.
 * It has the vices of a real one, so that tests and the simulator meet them.
 *
 * <p>Every arrival is one task of an executor, so that whoever owns the executors decides how far
 * each node lags behind. Tasks of all links never overlap; executors must not run a task within the
 * call that hands it over.
 */
public final class MemoryCluster {
  /** How what a link sends and is sent travels. Each keeps its order; the three are not in step. */
  public record Ways(Executor calls, Executor answers, Executor announcements) {}

  /** What becomes of a call when it reaches the servers. */
  public enum Fate {
    /** It is carried out, unless it was when it came before, and answered. */
    ANSWERED,
    /** It is carried out and the answer is lost, as when a leader dies. */
    UNANSWERED,
    /** It is lost. */
    LOST,
    /** It is stuck somewhere until {@link MemoryCluster#release}, and sent again meanwhile. */
    STUCK
  }

  /** What goes wrong on one link, asked each time. By itself nothing does. */
  public interface Vices {
    Vices NONE = new Vices() {};

    /**
     * What becomes of a call.
     *
     * @param write whether it changes anything
     */
    default Fate fate(boolean write) {
      return Fate.ANSWERED;
    }

    /** Whether an append that is stored and comes again is stored again. */
    default boolean storesAgain(byte[] entry) {
      return false;
    }

    /** How often an entry is announced to the node; 0 if that is lost. */
    default int announcements() {
      return 1;
    }
  }

  /** Hears what becomes durable, before anybody else does. */
  public interface Witness {
    Witness NONE = new Witness() {};

    default void stored(ChannelId channel, StoredEntry entry) {}

    default void deleted(ChannelId channel) {}
  }

  private final MemoryDisk disk = new MemoryDisk();
  private final LongSupplier clock;
  private final Witness witness;
  private final long generation;

  // All below is guarded by this, and so is the state of the links.
  private final Set<MemoryLink> links = new LinkedHashSet<>();

  /** What came while no write was taken. */
  private final Deque<Runnable> held = new ArrayDeque<>();

  /** Bounded by the calls under way. */
  private final List<Call<?>> stuck = new ArrayList<>();

  private boolean holding;

  /**
   * Servers that have nothing yet.
   *
   * @param clock theirs, ms since the epoch
   */
  public MemoryCluster(LongSupplier clock, Witness witness) {
    this.clock = clock;
    this.witness = witness;
    this.generation = clock.getAsLong();
  }

  /** Connects a node. */
  public synchronized MemoryLink link(Ways ways, Vices vices) {
    MemoryLink link = new MemoryLink(this, ways, vices);
    links.add(link);
    return link;
  }

  /** Takes no writes until released, as without a leader. Reads go on. */
  public synchronized void hold(boolean hold) {
    holding = hold;
    while (!holding && !held.isEmpty()) {
      held.remove().run();
    }
  }

  /** How many calls are stuck. */
  public synchronized int stuck() {
    return stuck.size();
  }

  /** One of the calls that are stuck arrives after all, whether its sender still waits or not. */
  public synchronized void release(int which) {
    stuck.remove(which).carryOut(false);
  }

  /** One of the calls that are stuck is lost for good. */
  public synchronized void lose(int which) {
    stuck.remove(which);
  }

  long generation() {
    return generation;
  }

  long now() {
    return clock.getAsLong();
  }

  MemoryDisk disk() {
    return disk;
  }

  /** A call has reached the servers. */
  synchronized <T> void arrived(MemoryLink link, Call<T> call) {
    if (holding && call.writes()) {
      held.add(() -> arrived(link, call));
      return;
    }
    Vices vices = link.vices();
    switch (vices.fate(call.writes())) {
      case ANSWERED -> link.answer(call, call.carryOut(call.appended(vices::storesAgain)));
      case UNANSWERED -> call.carryOut(call.appended(vices::storesAgain));
      case LOST -> {
        // its sender will find out
      }
      case STUCK -> stick(call);
    }
  }

  void stick(Call<?> call) {
    if (call.writes() && !stuck.contains(call)) {
      stuck.add(call);
    }
  }

  MemoryChannel channel(ChannelId id) {
    return disk.channels.computeIfAbsent(id, i -> new MemoryChannel());
  }

  /** A channel to be read; one that is not there reads as an empty one. */
  MemoryChannel existing(ChannelId id) {
    return disk.channels.getOrDefault(id, new MemoryChannel());
  }

  StoredEntry store(ChannelId id, byte[] bytes) {
    StoredEntry entry = new StoredEntry(++disk.lastPosition, clock.getAsLong(), bytes);
    MemoryChannel channel = channel(id);
    long previous = channel.end();
    channel.append(entry);
    witness.stored(id, entry);
    links.forEach(link -> link.announce(id, entry, previous));
    return entry;
  }

  /**
   * Deletes a channel unless it has an entry after a position.
   *
   * @return the position that takes, 0 when there was nothing, -1 when there is more
   */
  long delete(ChannelId id, long through) {
    if (existing(id).hasEntryAfter(through)) {
      return -1;
    }
    long position = disk.delete(id);
    if (position > 0) {
      witness.deleted(id);
      links.forEach(link -> link.announceDeletion(id, position));
    }
    return position;
  }

  void left(MemoryLink link) {
    links.remove(link);
  }
}

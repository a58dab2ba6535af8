package io.holdfast.channels;

import io.holdfast.fold.Verdict;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.StoredEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handle of a channel: takes work from any thread and runs it on the channel's lane, entries of
 * the journal before everything else. While the channel waits for a read it is parked: its work
 * waits and the lane goes on. The queues are bounded by what connections may have unacknowledged
 * and by one append under way.
 */
final class Channel {
  private static final Logger LOG = LoggerFactory.getLogger(Channel.class);
  private static final int TURN = 256;
  private static final int RETRY = 1_000;

  /** Entries that are there are told in less, ms. */
  private static final int LATE = 2_000;

  private final ChannelId id;
  private final Lane lane;
  private final Opening opening;
  private final Succession succession;

  /** Bytes of client frames that have no verdict yet. */
  private final AtomicLong load = new AtomicLong();

  // guarded by this
  private final Queue<StoredEntry> entries = new ArrayDeque<>();

  /** Where a deletion stands among the entries that is yet to be heeded, 0 when there is none. */
  private long deletion;

  private final Queue<Consumer<OpenChannel>> inbox = new ArrayDeque<>();
  private final Queue<Consumer<OpenChannel>> results = new ArrayDeque<>();
  private boolean scheduled;
  private boolean retired;
  private Tenure tenure;

  // of the lane
  private boolean parked;
  private boolean crashed;
  private boolean started;
  private @Nullable OpenChannel open;

  /** Whether the newest position is being asked for, and what it was the last time. */
  private boolean asking;

  private long newest;

  /** Why no entry will come any more, while a read is waited for. */
  private @Nullable JournalException lost;

  /** Puts another handle in this one's place, or none. */
  interface Succession {
    /**
     * The handle leaves the table.
     *
     * @param closing closes the handle's inbox and gives what was handed in but not done: it must
     *     be in the next handle's inbox before anybody can see that
     */
    void follow(Channel channel, Supplier<Queue<Consumer<OpenChannel>>> closing);
  }

  /** A channel that is not open yet. */
  Channel(ChannelId id, Lane lane, Opening opening, Tenure tenure, Succession succession) {
    this.id = id;
    this.lane = lane;
    this.opening = opening;
    this.tenure = tenure;
    this.succession = succession;
  }

  ChannelId id() {
    return id;
  }

  /** Takes a task; false when the channel has left memory and another handle is to be had. */
  boolean offer(Consumer<OpenChannel> task) {
    synchronized (this) {
      if (retired) {
        return false;
      }
      inbox.add(task);
    }
    schedule();
    return true;
  }

  /**
   * Takes what a life that has failed still owed. It comes before what was handed in meanwhile: a
   * departure in there must not overtake the move of its member.
   */
  void offerFirst(List<Consumer<OpenChannel>> owed) {
    synchronized (this) {
      if (retired) {
        return;
      }
      List<Consumer<OpenChannel>> later = List.copyOf(inbox);
      inbox.clear();
      inbox.addAll(owed);
      inbox.addAll(later);
    }
    schedule();
  }

  /**
   * A task that must not be done before the fold is as far as the log was when the task came: who
   * asks here for what was acknowledged elsewhere is to find it.
   */
  static class Abreast implements Consumer<OpenChannel> {
    private final Predicate<OpenChannel> needed;
    private final Consumer<OpenChannel> task;
    private boolean asked;

    Abreast(Predicate<OpenChannel> needed, Consumer<OpenChannel> task) {
      this.needed = needed;
      this.task = task;
    }

    @Override
    public void accept(OpenChannel open) {
      task.accept(open);
    }
  }

  /** Takes what came of something that the channel itself has begun. */
  boolean result(Consumer<OpenChannel> task) {
    synchronized (this) {
      if (retired) {
        return false;
      }
      (opening.shared() ? results : inbox).add(task);
    }
    schedule();
    return true;
  }

  /** What of a kind was handed in and waits. */
  synchronized <T> List<T> handedIn(Class<T> kind) {
    return inbox.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /**
   * Takes a client frame, which counts until its verdict; null as for {@link #offer}.
   *
   * @param before who took the frame before; when that has failed, this one is not taken and its
   *     outcome unknown, as it must not overtake the other, which is sent again
   * @return who took it
   */
  @Nullable Tenure submit(Submission submission, @Nullable Tenure before) {
    Submission counted =
        submission.answeredBy(
            verdict -> {
              load.addAndGet(-submission.bytes());
              submission.reply().accept(verdict);
            });
    boolean follows;
    Tenure by;
    synchronized (this) {
      if (retired) {
        return null;
      }
      follows = before == null || !before.failed();
      by = tenure;
      if (follows) {
        load.addAndGet(submission.bytes());
        inbox.add(new Arrival(counted));
      }
    }
    if (!follows) {
      submission.reply().accept(new Verdict.Unknown());
      return before;
    }
    schedule();
    return by;
  }

  /**
   * A client frame that waits to be taken. It is not refused for want of what others had stored by
   * then: its client may have been told of that elsewhere.
   */
  private static final class Arrival extends Abreast {
    private final Submission submission;

    Arrival(Submission submission) {
      super(open -> open.mayRefuse(submission), open -> open.submit(submission));
      this.submission = submission;
    }
  }

  /** Who takes what is handed in now. */
  synchronized Tenure tenure() {
    return tenure;
  }

  long load() {
    return load.get();
  }

  /** An entry of the journal; from the engine's thread. */
  void entry(StoredEntry entry) {
    synchronized (this) {
      if (retired) {
        return;
      }
      entries.add(entry);
    }
    schedule();
  }

  /** The log says that the channel was deleted; from the engine's thread. */
  void deletion(long position) {
    synchronized (this) {
      if (retired) {
        return;
      }
      deletion = position;
    }
    schedule();
  }

  /** No entry will come any more; at once, as what is handed in may be waiting for entries. */
  void lost(OpenChannel life, JournalException why) {
    lane.execute(
        () -> {
          if (isLife(life)) {
            lost = why;
            endIfLost();
          }
        });
  }

  private void endIfLost() {
    JournalException why = lost;
    if (why != null && !parked) {
      lost = null;
      crash(why);
    }
  }

  private void schedule() {
    synchronized (this) {
      if (scheduled) {
        return;
      }
      scheduled = true;
    }
    lane.execute(this::drain);
  }

  private void drain() {
    synchronized (this) {
      scheduled = false;
    }
    if (open == null && !parked && !crashed) {
      start();
    }
    int budget = TURN;
    while (!parked && !crashed && budget-- > 0 && step()) {
      // each step is one entry or one task
    }
    if (!parked && !crashed && open != null) {
      guard(open::endOfTurn);
    }
    if (!parked && hasWork()) {
      schedule();
    }
  }

  /** Does one thing; false when there is nothing to do. */
  private boolean step() {
    OpenChannel current = open;
    if (current == null) {
      return false;
    }
    if (takeDeletion()) {
      guard(this::deleted);
      return true;
    }
    StoredEntry entry;
    Consumer<OpenChannel> task = null;
    synchronized (this) {
      entry = entries.poll();
      if (entry == null && current.ready()) {
        task = results.poll();
        if (task == null && !waitsForEntries(current)) {
          task = inbox.poll();
        }
      }
    }
    if (entry != null) {
      guard(() -> current.entry(entry));
      return true;
    }
    if (task != null) {
      Consumer<OpenChannel> found = task;
      guard(() -> found.accept(current));
      return true;
    }
    return false;
  }

  /** Takes a deletion if all entries from before it are folded. */
  private synchronized boolean takeDeletion() {
    StoredEntry next = entries.peek();
    boolean due = deletion > 0 && (next == null || next.position() > deletion);
    deletion = due ? 0 : deletion;
    return due;
  }

  private synchronized boolean hasWork() {
    OpenChannel current = open;
    return current != null
        && (!entries.isEmpty()
            || deletion > 0
            || (current.ready()
                && (!results.isEmpty() || (!inbox.isEmpty() && !waitsForEntries(current)))));
  }

  private void start() {
    if (!started) {
      started = true;
      synchronized (this) {
        // it is asked for when the channel is opened
        noteAsked();
      }
      guard(() -> opening.open(this));
    }
  }

  /**
   * Whether what is handed in waits until entries have come; asks how many there are if need be.
   */
  private synchronized boolean waitsForEntries(OpenChannel current) {
    if (asking || current.state().end().position() < newest) {
      return true;
    }
    if (opening.shared()
        && inbox.peek() instanceof Abreast next
        && !next.asked
        && next.needed.test(current)) {
      noteAsked();
      asking = true;
      askNewest(current);
      return true;
    }
    return false;
  }

  private void noteAsked() {
    for (Consumer<OpenChannel> task : inbox) {
      if (task instanceof Abreast one) {
        one.asked = true;
      }
    }
  }

  /** Asks again and again when there is no answer: whoever waits has limits of their own. */
  private void askNewest(OpenChannel current) {
    long known = current.storing().version();
    var _ =
        opening
            .written(id)
            .whenComplete(
                (written, failure) ->
                    lane.execute(
                        () -> {
                          if (!isLife(current)) {
                            return;
                          }
                          if (failure == null) {
                            asking = false;
                            newest = written.end();
                            if (!parked) {
                              guard(
                                  () -> {
                                    var _ = current.storing().learn(written.manifest(), known);
                                  });
                            }
                            askAgainIfLate(current);
                            drain();
                          } else {
                            opening.later(RETRY, () -> lane.execute(() -> askNewest(current)));
                          }
                        }));
  }

  /** What is waited for may have been deleted before it was told here. */
  private void askAgainIfLate(OpenChannel current) {
    if (current.state().end().position() < newest) {
      opening.later(
          LATE,
          () ->
              lane.execute(
                  () -> {
                    if (isLife(current) && !asking && current.state().end().position() < newest) {
                      asking = true;
                      askNewest(current);
                    }
                  }));
    }
  }

  @SuppressWarnings("ReferenceEquality") // a life in memory is itself
  private boolean isLife(OpenChannel one) {
    return one == open;
  }

  /** The state is there and begins to catch up with its log. Runs on the lane. */
  void opened(OpenChannel state) {
    open = state;
  }

  /** Stops the channel's work until a read is done; then {@code then} runs on the lane, first. */
  <T extends @Nullable Object> void await(
      CompletableFuture<T> read, BiConsumer<T, @Nullable Throwable> then) {
    parked = true;
    var _ =
        read.whenComplete(
            (value, failure) ->
                lane.execute(
                    () -> {
                      parked = false;
                      guard(() -> then.accept(value, failure));
                      endIfLost();
                      drain();
                    }));
  }

  /** Runs a task on the lane when a future is done, without stopping the channel. */
  <T extends @Nullable Object> void when(
      CompletableFuture<T> future, BiConsumer<T, @Nullable Throwable> then) {
    var _ =
        future.whenComplete(
            (value, failure) -> {
              if (!result(open -> then.accept(value, failure))) {
                LOG.debug("channel {} left memory before a read was done", id);
              }
            });
  }

  private void guard(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException broken) {
      crash(broken);
    }
  }

  /**
   * A fault of ours ends the channel's life in memory, not the node: it opens anew from the log.
   */
  void crash(Throwable why) {
    if (crashed) {
      return;
    }
    if (why instanceof JournalException closed
        && closed.reason() == JournalException.Reason.CLOSED) {
      LOG.debug("channel {} ends with the journal", id);
    } else {
      LOG.error("channel {} failed and will be opened anew", id, why);
    }
    end(false);
  }

  /**
   * Others have folded further than this node has seen: what came of the entries between cannot be
   * told from their records, so the channel is opened anew from those.
   */
  void outrun() {
    if (!crashed) {
      LOG.debug("channel {} is behind what others have written and will be opened anew", id);
      end(true);
    }
  }

  /** All that this life has folded is gone. */
  void deleted() {
    if (!crashed) {
      LOG.debug("channel {} was deleted and begins anew", id);
      end(true);
    }
  }

  private void end(boolean outrun) {
    crashed = true;
    OpenChannel current = open;
    open = null;
    if (current != null) {
      List<Runnable> unknown = current.ready() ? fail() : List.of();
      current.crashed();
      unknown.forEach(Runnable::run);
    }
    // one that cannot even catch up would fail again at once; what is being written is let land
    boolean atOnce = current != null && (current.ready() ? !current.storing().busy() : outrun);
    Runnable next = () -> opening.later(atOnce ? 0 : RETRY, this::leave);
    if (current == null) {
      next.run();
    } else {
      // the next life must not judge a frame anew that is about to land
      var _ = current.underWay().whenComplete((done, failure) -> next.run());
    }
  }

  /** Leaves memory if nobody has handed in anything meanwhile; tells whether it did. */
  boolean retireIfQuiet() {
    synchronized (this) {
      if (!inbox.isEmpty() || !entries.isEmpty() || !results.isEmpty() || deletion > 0) {
        return false;
      }
      retired = true;
    }
    succession.follow(this, ArrayDeque::new);
    return true;
  }

  /** Leaves memory; what was handed in meanwhile goes to a new handle. */
  void leave() {
    if (open != null) {
      open.close();
    }
    succession.follow(this, this::close);
  }

  private synchronized Queue<Consumer<OpenChannel>> close() {
    retired = true;
    Queue<Consumer<OpenChannel>> left = new ArrayDeque<>(inbox);
    inbox.clear();
    results.clear();
    entries.clear();
    deletion = 0;
    return left;
  }

  /**
   * What was taken so far has no outcome, what comes from here on is for the next life. A numbered
   * frame must not overtake those before it that failed: it is sent again with them.
   *
   * @return tells those who wait
   */
  private synchronized List<Runnable> fail() {
    tenure.fail();
    tenure = new Tenure();
    List<Runnable> unknown = new ArrayList<>();
    inbox.removeIf(task -> givenUp(task, unknown));
    return unknown;
  }

  private static boolean givenUp(Consumer<OpenChannel> task, List<Runnable> unknown) {
    if (task instanceof Arrival arrival && arrival.submission.origin().publisher() != null) {
      unknown.add(() -> arrival.submission.reply().accept(new Verdict.Unknown()));
      return true;
    }
    return false;
  }
}

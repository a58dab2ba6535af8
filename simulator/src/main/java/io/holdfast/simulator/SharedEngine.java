package io.holdfast.simulator;

import io.holdfast.channels.Timers;
import io.holdfast.fold.EntryCodec;
import io.holdfast.fold.Origin;
import io.holdfast.fold.Part;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.holdfast.journal.MemoryCluster.Fate;
import io.holdfast.journal.MemoryCluster.Vices;
import io.holdfast.journal.MemoryCluster.Ways;
import io.holdfast.journal.MemoryLink;
import io.holdfast.journal.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A node's link to servers that it shares with others, and what goes wrong on it. */
final class SharedEngine implements Engine, Vices {
  private static final int BEAT = 1_000;

  private final Servers servers;
  private final Dice dice;
  private final TaskQueue calls;
  private final TaskQueue answers;
  private final TaskQueue announcements;

  /** How often it looks for what was not announced, ms. */
  private final int checks;

  /** Appends whose sender is yet to give up: it does so itself, whatever is lost on the way. */
  private final List<CompletableFuture<?>> hopeless = new ArrayList<>();

  private @Nullable MemoryLink link;

  /** How many calls and announcements go wrong, percent. */
  private int losing;

  private int deaf;
  private boolean cut;
  private boolean full;
  private @Nullable Unknown unknown;

  SharedEngine(Servers servers, Turns turns, Dice dice) {
    this.servers = servers;
    this.dice = dice;
    this.calls = turns.takeOne();
    this.answers = turns.takeOne();
    this.announcements = turns.takeOne();
    this.checks = dice.of(1_000, 5_000, 30_000);
  }

  @Override
  public Journal open(Timers timers) {
    MemoryLink opened = servers.cluster().link(new Ways(calls, answers, announcements), this);
    link = opened;
    beat(timers, opened);
    check(timers, opened);
    return new RefusingJournal(opened);
  }

  private static void beat(Timers timers, MemoryLink of) {
    timers.after(
        BEAT,
        () -> {
          of.beat();
          beat(timers, of);
        });
  }

  private void check(Timers timers, MemoryLink of) {
    timers.after(
        checks,
        () -> {
          of.check();
          check(timers, of);
        });
  }

  private MemoryLink link() {
    MemoryLink open = link;
    if (open == null) {
      throw new IllegalStateException("not opened");
    }
    return open;
  }

  @Override
  public void crash() {
    boolean stuck = cut || dice.percent(20);
    link().kill(stuck);
    calls.keepOldest(stuck ? 0 : dice.below(calls.size() + 1));
    hopeless.clear();
    clear();
  }

  @Override
  public void close() {
    if (cut) {
      crash();
    } else {
      link().close();
      clear();
    }
  }

  private void clear() {
    losing = 0;
    deaf = 0;
    full = false;
    unknown = null;
    cut = false;
    pause(false);
  }

  @Override
  public List<TaskQueue> tasks() {
    return List.of(answers, announcements);
  }

  @Override
  public long commits() {
    return servers.commits();
  }

  @Override
  public void holdFor(long ms) {
    servers.holdFor(ms);
  }

  @Override
  public void hold() {
    servers.hold();
  }

  // ---- what goes wrong ----

  @Override
  public Fate fate(boolean write) {
    if (!dice.percent(losing)) {
      return Fate.ANSWERED;
    }
    return write ? dice.of(Fate.UNANSWERED, Fate.UNANSWERED, Fate.LOST, Fate.STUCK) : Fate.LOST;
  }

  /** Only what the fold knows again: what nobody has numbered, an engine has to store once. */
  @Override
  public boolean storesAgain(byte[] entry) {
    return dice.percent(servers.doubling())
        && EntryCodec.decode(entry).parts().stream().allMatch(SharedEngine::known);
  }

  private static boolean known(Part part) {
    return switch (part) {
      case Part.Publish publish -> known(publish.origin());
      case Part.Mutate mutate -> known(mutate.origin());
      case Part.Append append -> append.pieces().stream().allMatch(p -> known(p.origin()));
      case Part.Annotate annotate -> known(annotate.origin());
      case Part.Operate operate -> known(operate.origin());
      case Part.Presence presence -> known(presence.origin());
      case Part.Collect collect -> true;
      case Part.Expire expire -> true;
      case Part.Own own -> true;
      case Part.Depart depart -> true;
    };
  }

  private static boolean known(Origin origin) {
    return origin.publisher() != null || origin.idempotencyKey() != null;
  }

  @Override
  public int announcements() {
    return dice.percent(deaf) ? 0 : dice.percent(3) ? 2 : 1;
  }

  void losing(int percent) {
    losing = percent;
  }

  void deaf(int percent) {
    deaf = percent;
  }

  boolean cut() {
    return cut;
  }

  /** Nothing comes or goes. */
  void cutOff() {
    cut = true;
    pause(true);
  }

  /** All of it comes at once, or what was under way is lost and looked for. */
  void reconnect() {
    if (!cut) {
      return;
    }
    cut = false;
    if (dice.percent(60)) {
      calls.keepOldest(dice.below(calls.size() + 1));
      answers.keepOldest(dice.below(answers.size() + 1));
      announcements.clear();
      hopeless.forEach(append -> answers.execute(() -> giveUp(append)));
    }
    pause(false);
    MemoryLink now = link();
    now.check();
    now.beat();
  }

  private void pause(boolean now) {
    calls.pause(now);
    answers.pause(now);
    announcements.pause(now);
  }

  @Override
  public void full() {
    full = true;
  }

  @Override
  public void unknownAppend(boolean stored) {
    unknown = stored ? dice.of(Unknown.STORED, Unknown.LATE) : Unknown.NEVER;
  }

  @Override
  public void mend() {
    reconnect();
    clear();
    servers.mend();
  }

  private void giveUp(CompletableFuture<?> append) {
    append.completeExceptionally(
        new JournalException(Reason.UNKNOWN, "nobody knows what came of it"));
    hopeless.removeIf(CompletableFuture::isDone);
  }

  /** What becomes of an append of which nobody is told. */
  private enum Unknown {
    STORED,
    NEVER,
    /** Its sender is told so before it arrives. */
    LATE
  }

  /** What the servers refuse, or do without saying so. */
  private final class RefusingJournal extends JournalWrapper {
    RefusingJournal(Journal real) {
      super(real);
    }

    @Override
    public CompletableFuture<Appended> append(ChannelId channel, byte[] entry, String id) {
      Unknown how = unknown;
      if (full) {
        return refused();
      }
      unknown = null;
      return switch (how) {
        case null -> super.append(channel, entry, id);
        case STORED -> super.append(channel, entry, id).thenCompose(at -> unheard());
        case NEVER -> unheard();
        case LATE -> {
          var _ = super.append(channel, entry, id);
          yield unheard();
        }
      };
    }

    private CompletableFuture<Appended> unheard() {
      CompletableFuture<Appended> answer = new CompletableFuture<>();
      hopeless.add(answer);
      answers.execute(() -> giveUp(answer));
      return answer;
    }

    private static <T> CompletableFuture<T> refused() {
      return CompletableFuture.failedFuture(
          new JournalException(Reason.NO_SPACE, "the servers have no room"));
    }

    @Override
    public CompletableFuture<Void> put(ChannelId channel, List<StoredRecord> records) {
      return full ? refused() : super.put(channel, records);
    }

    @Override
    public CompletableFuture<Boolean> write(
        ChannelId channel, long expected, List<StoredRecord> records, byte[] manifest) {
      boolean takesRoom = records.stream().anyMatch(record -> record.bytes() != null);
      return full && takesRoom ? refused() : super.write(channel, expected, records, manifest);
    }
  }
}

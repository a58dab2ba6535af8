package io.holdfast.nodes;

import io.holdfast.journal.Journal;
import io.holdfast.journal.Signals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes that work on one journal: which are there, and what they tell and ask one another. For
 * any thread. Who listens is called on a thread of the signals' and must only hand over.
 *
 * <p>A run that was not heard of for the {@link #lease} is taken for gone, until it is heard again;
 * one that says goodbye at once and for good. A node that does not hear its own voice is cut off or
 * was asleep, and takes nobody for gone by that: when it hears itself again all others have the
 * whole lease anew.
 */
public final class Nodes implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Nodes.class);

  static final int BOOT_LENGTH_MAX = 64;

  private static final long BEAT_MS = 1_000;
  private static final long LEASE_MS = 5 * BEAT_MS;

  /** Hearing itself no more often than this, a node may have missed what others said. */
  private static final long ASLEEP_MS = 2 * BEAT_MS + BEAT_MS / 2;

  /** How long an answer is waited for. */
  private static final long PATIENCE_MS = 1_000;

  private static final String BEATS = "nodes.beats";
  private static final String WHO = "nodes.who";

  /** Hears what other nodes tell. */
  public interface Hearer {
    void heard(String from, byte[] news);
  }

  /** Answers what other nodes ask. */
  public interface Questioned {
    /** May complete on any thread; a failure is told as no answer. */
    CompletableFuture<byte[]> answer(String from, byte[] question);
  }

  private final Signals signals;
  private final String boot;
  private final NodeTimers timers;
  private final EntryForms forms;
  private final long started;
  private final boolean alone;
  private final List<Journal.Subscription> subscriptions = new CopyOnWriteArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<String>> objectors = new CopyOnWriteArrayList<>();
  private final Map<String, List<Hearer>> hearers = new ConcurrentHashMap<>();
  private final Map<String, Questioned> questioned = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> acquainted = new CompletableFuture<>();

  private final Object lock = new Object();

  // Guarded by lock.
  private final Roster roster = new Roster();
  private long echoed;
  private long listeningSince;
  private long firstHeard;

  private volatile Set<String> others = Set.of();
  private volatile boolean closed;

  /** One node that has no others. */
  public static Nodes alone(String boot) {
    return new Nodes(
        new NoSignals(),
        boot,
        new NodeTimers() {
          @Override
          public long now() {
            return System.currentTimeMillis();
          }

          @Override
          public void after(long ms, Runnable task) {}
        },
        new EntryForms(1, 1));
  }

  /**
   * Begins to say that this run is there and to listen for others.
   *
   * @param boot names this run, differently from all others: letters, digits, - and _
   */
  public Nodes(Signals signals, String boot, NodeTimers timers, EntryForms forms) {
    if (!boot.matches("[a-zA-Z0-9_-]{1," + BOOT_LENGTH_MAX + "}")) {
      throw new IllegalArgumentException(
          "a run is named by 1 to 64 letters, digits, - and _, and not '" + boot + "'");
    }
    this.signals = signals;
    this.boot = boot;
    this.timers = timers;
    this.forms = forms;
    this.started = timers.now();
    this.alone = signals instanceof NoSignals;
    this.echoed = started;
    this.listeningSince = started;
    begin();
  }

  private void begin() {
    keep(signals.listen(BEATS, this::beaten));
    keep(signals.listen(BEATS + "." + boot, this::beaten));
    beat();
    var _ =
        signals
            .ask(WHO, new byte[0], PATIENCE_MS)
            .thenAccept(
                known -> {
                  if (known != null) {
                    meet(known);
                  }
                  // not before: of what it does not know it cannot tell others
                  keep(signals.answer(WHO, _ -> who()));
                  acquainted.complete(null);
                });
  }

  private void keep(Journal.Subscription subscription) {
    subscriptions.add(subscription);
    if (closed) {
      subscription.close();
    }
  }

  private void beat() {
    if (!closed) {
      timers.after(BEAT_MS, this::beat); // first: whatever becomes of this one, there is a next
      signals.send(BEATS, ownBeat(false).bytes());
    }
  }

  private Beat ownBeat(boolean leaving) {
    return new Beat(leaving, boot, started, forms);
  }

  private CompletableFuture<byte[]> who() {
    List<Beat.Heard> known;
    synchronized (lock) {
      known = roster.known(timers.now());
    }
    known.add(new Beat.Heard(ownBeat(false), 0));
    return CompletableFuture.completedFuture(Beat.list(known));
  }

  private void meet(byte[] known) {
    try {
      long now = timers.now();
      for (Beat.Heard heard : Beat.listed(known)) {
        if (!heard.beat().boot().equals(boot)) {
          here(heard.beat(), now - heard.age());
        }
      }
    } catch (IOException e) {
      log.warn("what another node said of the nodes cannot be read", e);
    }
  }

  private void beaten(byte[] bytes) {
    Beat beat;
    try {
      beat = Beat.of(bytes);
    } catch (IOException e) {
      log.warn("a sign of life cannot be read", e);
      return;
    }
    if (closed) {
      return;
    }
    if (beat.boot().equals(boot)) {
      echo();
    } else if (beat.leaving()) {
      leaves(beat);
    } else if (here(beat, timers.now())) {
      // it may not know of this node yet
      signals.send(BEATS + "." + beat.boot(), ownBeat(false).bytes());
    }
  }

  private boolean here(Beat beat, long seen) {
    boolean came;
    synchronized (lock) {
      came = roster.here(beat, seen);
      if (came) {
        others = inOrder(roster.live());
      }
    }
    if (came) {
      log.info("node {} is there", beat.boot());
      object(beat);
      changed();
    }
    return came;
  }

  /** Of two that do not fit the one that came later has to go. */
  private void object(Beat beat) {
    String objection = forms.objection(beat.boot(), beat.forms());
    if (objection == null) {
      return;
    }
    if (isYounger(beat)) {
      objectors.forEach(objector -> objector.accept(objection));
    } else {
      log.warn("node {} does not fit the nodes here and should end: {}", beat.boot(), objection);
    }
  }

  /** In the same order in every process, so that what is done for each can be had again. */
  private static Set<String> inOrder(Collection<String> runs) {
    return Collections.unmodifiableSet(new TreeSet<>(runs));
  }

  private boolean isYounger(Beat than) {
    return started > than.started()
        || (started == than.started() && boot.compareTo(than.boot()) > 0);
  }

  private void leaves(Beat beat) {
    boolean change;
    synchronized (lock) {
      change = roster.leaves(beat, timers.now());
      others = inOrder(roster.live());
    }
    if (change) {
      log.info("node {} said goodbye", beat.boot());
      changed();
    }
  }

  /** This node hears, so silence is silence. */
  private void echo() {
    boolean gone;
    boolean again = false;
    long now = timers.now();
    synchronized (lock) {
      if (now - echoed > ASLEEP_MS) {
        listeningSince = now;
        again = roster.heardAgain(now);
      }
      firstHeard = firstHeard == 0 ? now : firstHeard;
      echoed = now;
      gone = roster.judge(now, listeningSince, LEASE_MS);
      if (gone) {
        others = inOrder(roster.live());
      }
    }
    if (gone) {
      log.warn("a node is gone; there are {} others", others.size());
    }
    if (gone || again) {
      changed();
    }
  }

  /** Whether this node hears what others say, so that their silence means something. */
  public boolean hears() {
    synchronized (lock) {
      return alone || Math.abs(timers.now() - echoed) <= ASLEEP_MS;
    }
  }

  /** When this node could first hear others, ms since the epoch: now before that, 0 if alone. */
  public long firstHeard() {
    synchronized (lock) {
      return alone ? 0 : firstHeard == 0 ? timers.now() : firstHeard;
    }
  }

  private void changed() {
    listeners.forEach(Runnable::run);
  }

  /** The name of this run. */
  public String boot() {
    return boot;
  }

  /** Done once this node knows who was there when it began, or that nobody answers. */
  public CompletableFuture<Void> acquainted() {
    return acquainted.copy();
  }

  /**
   * Why this node may not work beside one that was there before it, in a sentence; null when it
   * may. Who is told of it has to end this run.
   *
   * @param told hears of another that is found later, when two began at once
   */
  public @Nullable String objection(Consumer<String> told) {
    objectors.add(told);
    for (String other : others) {
      Beat beat;
      synchronized (lock) {
        beat = roster.of(other);
      }
      String objection = beat == null ? null : forms.objection(other, beat.forms());
      if (beat != null && objection != null && isYounger(beat)) {
        return objection;
      }
    }
    return null;
  }

  /** The live runs but this one. */
  public Set<String> others() {
    return others;
  }

  /** Whether a run is this one, or a live other. */
  public boolean alive(String run) {
    return run.equals(boot) || others.contains(run);
  }

  /**
   * When a run gave its last sign of life, ms since the epoch: now for this one, 0 for one that was
   * never heard of. When this node hears again after it heard nobody it is that moment, as silence
   * until then does not count against anybody.
   */
  public long lastSeen(String run) {
    if (run.equals(boot)) {
      return timers.now();
    }
    synchronized (lock) {
      return roster.seen(run);
    }
  }

  /** The ms without a sign of life after which a run is taken for gone. */
  public long lease() {
    return LEASE_MS;
  }

  /**
   * This node's place among the live ones for some work, 0 for the first. All nodes that know of
   * the same ones agree, and each is first for its share of the works.
   */
  public int rank(String work) {
    int before = 0;
    long own = score(boot, work);
    for (String other : others) {
      long score = score(other, work);
      if (score > own || (score == own && other.compareTo(boot) < 0)) {
        before++;
      }
    }
    return before;
  }

  /** Rendezvous hashing: the work of a node that goes is spread over all others. */
  private static long score(String run, String work) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : (run + "/" + work).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ b) * 0x100000001b3L;
    }
    hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
    return hash ^ hash >>> 33;
  }

  /** The bytes that news, a question or an answer may have. */
  public int largest() {
    return signals.largest() - Letter.MARGIN;
  }

  /** Tells all others, not this one. What one node tells another arrives in order, or is lost. */
  public void tellAll(String topic, byte[] news) {
    // also while none is known: one may know of this node before this node knows of it
    signals.send(toAll(topic), Letter.written(boot, news));
  }

  /** Tells one run; itself at once, on the caller's thread. */
  public void tell(String run, String topic, byte[] news) {
    if (run.equals(boot)) {
      hearers.getOrDefault(topic, List.of()).forEach(hearer -> hearer.heard(boot, news));
    } else {
      signals.send(toOne(run, topic), Letter.written(boot, news));
    }
  }

  /** Hears what is told on a topic. */
  public void hear(String topic, Hearer hearer) {
    hearers.computeIfAbsent(topic, _ -> new CopyOnWriteArrayList<>()).add(hearer);
    keep(signals.listen(toAll(topic), letter -> heard(letter, hearer)));
    keep(signals.listen(toOne(boot, topic), letter -> heard(letter, hearer)));
  }

  private void heard(byte[] bytes, Hearer hearer) {
    Letter letter = Letter.read(bytes);
    if (letter != null && !closed && !letter.from().equals(boot)) {
      seen(letter.from());
      hearer.heard(letter.from(), letter.bytes());
    }
  }

  private void seen(String run) {
    synchronized (lock) {
      roster.heard(run, timers.now());
    }
  }

  /**
   * Asks all others: the answers, by run, of those that gave one within a second. Done as soon as
   * each has answered or turned out to be gone.
   */
  public CompletableFuture<Map<String, byte[]>> askAll(String topic, byte[] question) {
    Map<String, CompletableFuture<byte @Nullable []>> asked = new HashMap<>();
    for (String other : others) {
      asked.put(other, ask(other, topic, question));
    }
    return CompletableFuture.allOf(asked.values().toArray(CompletableFuture<?>[]::new))
        .thenApply(
            _ -> {
              Map<String, byte[]> answers = new HashMap<>();
              asked.forEach(
                  (other, answer) -> {
                    byte[] bytes = answer.join();
                    if (bytes != null) {
                      answers.put(other, bytes);
                    }
                  });
              return answers;
            });
  }

  /** Asks one run, itself too: null when it gave no answer within a second, at once when gone. */
  public CompletableFuture<byte @Nullable []> ask(String run, String topic, byte[] question) {
    return ask(run, topic, question, PATIENCE_MS);
  }

  /** As {@link #ask(String, String, byte[])}, with another patience in ms. */
  public CompletableFuture<byte @Nullable []> ask(
      String run, String topic, byte[] question, long patience) {
    if (!run.equals(boot)) {
      return signals.ask(toOne(run, topic), Letter.written(boot, question), patience);
    }
    Questioned own = questioned.get(topic);
    CompletableFuture<byte @Nullable []> answer = new CompletableFuture<>();
    if (own == null) {
      answer.complete(null);
    } else {
      var _ =
          own.answer(boot, question)
              .whenComplete((bytes, failure) -> answer.complete(failure == null ? bytes : null));
    }
    return answer;
  }

  /** Answers what is asked on a topic; one for each. */
  public void answer(String topic, Questioned answering) {
    if (questioned.putIfAbsent(topic, answering) != null) {
      throw new IllegalStateException("two would answer on " + topic);
    }
    keep(
        signals.answer(
            toOne(boot, topic),
            question -> {
              Letter letter = Letter.read(question);
              if (letter == null || closed) {
                return CompletableFuture.failedFuture(new IllegalStateException("no answer"));
              }
              seen(letter.from());
              return answering.answer(letter.from(), letter.bytes());
            }));
  }

  private static String toAll(String topic) {
    return "all." + topic;
  }

  private static String toOne(String run, String topic) {
    return "to." + run + "." + topic;
  }

  /** Is told, after the fact, that a node has come or gone, or has longer to come back. */
  public void onChange(Runnable told) {
    listeners.add(told);
  }

  /** Says goodbye: the others take this run for gone at once. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    signals.send(BEATS, ownBeat(true).bytes());
    subscriptions.forEach(Journal.Subscription::close);
  }
}

package io.holdfast.journalnats;

import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.holdfast.journal.Registry;
import io.holdfast.journal.Signals;
import io.nats.client.impl.Headers;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection to a cluster: one journal and one registry, shared with the other nodes. */
public final class NatsStore implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NatsStore.class);

  private static final long FOLLOWED_MS = 30_000;
  private static final long OPENED_MS = 10_000;
  private static final long AGAIN_MS = 50;
  private static final String ELECTED = "$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.";

  private final EngineThread engine;
  private final Admission admission;
  private final Link link;
  private final Tails tails;
  private final NatsJournal journal;
  private final NatsRegistry registry;
  private final NatsSignals signals;
  private final List<String> weaknesses;
  private boolean closed;

  private NatsStore(NatsOptions options, EngineThread engine, Link link) {
    this.engine = engine;
    this.link = link;
    SecureRandom random = new SecureRandom();
    Subjects subjects = new Subjects(options.name());
    Ids ids = new Ids(random);
    admission = new Admission(engine);
    Api api = new Api(link, engine);
    Publisher publisher = new Publisher(link, engine);
    Log entries = new Log(subjects.stream(), api, engine);
    tails = new Tails(subjects.stream(), subjects, link, api, engine);
    Pieces pieces = new Pieces(subjects.stream(), api, publisher, ids, options);
    Heads heads =
        new Heads(subjects.stream(), api, publisher, pieces, engine, ids, options, random);
    Streams.check(link.server());
    List<String> weak = new ArrayList<>();
    weak.add(
        "whether the servers sync to disk before they acknowledge cannot be seen from here; set"
            + " sync_interval: always in the jetstream block of each");
    weak.addAll(now(() -> new Streams(api, subjects, options, engine).ready()));
    weaknesses = List.copyOf(weak);
    watchLeaders(subjects);
    signals = new NatsSignals(subjects, engine, link);
    registry = new NatsRegistry(subjects, admission, engine, api, publisher, ids);
    var _ = now(() -> registry.feed().start(link).thenApply(_ -> true));
    long until = engine.now() + OPENED_MS;
    long generation = now(() -> generation(api, publisher, subjects, ids, engine, until));
    journal =
        new NatsJournal(
            this,
            new NatsJournal.Parts(
                options,
                subjects,
                engine,
                admission,
                api,
                publisher,
                new Turns(engine),
                entries,
                tails,
                heads,
                pieces,
                new Records(heads, pieces),
                new Deletions(subjects, api, engine, publisher, entries, heads, ids, options),
                new Listing(subjects, api, engine),
                ids),
            generation);
  }

  /**
   * Connects, and makes what is missing. Blocks.
   *
   * @throws JournalException UNREADABLE when the servers are not what is needed, UNKNOWN when they
   *     do not answer
   */
  public static NatsStore open(NatsOptions options) {
    EngineThread engine = new EngineThread();
    @Nullable NatsStore[] opened = new NatsStore[1];
    Link link = null;
    try {
      link =
          new Link(
              options,
              engine,
              () -> {
                if (opened[0] != null) {
                  opened[0].check();
                }
              });
      NatsStore store = new NatsStore(options, engine, link);
      opened[0] = store;
      store.weaknesses.forEach(weakness -> log.warn("durability: {}", weakness));
      return store;
    } catch (RuntimeException e) {
      if (link != null) {
        link.close();
      }
      engine.close();
      throw e;
    }
  }

  /** Announcements may be lost when a leader goes; the servers tell of the next one. */
  private void watchLeaders(Subjects subjects) {
    for (String stream : List.of(subjects.stream(), subjects.registryStream())) {
      link.onEach(ELECTED + stream, this::check);
    }
  }

  /** The name of the server that leads the journal's stream, null while none does. */
  @Nullable String leader() {
    return now(() -> journal.leader());
  }

  Link link() {
    return link;
  }

  /** Announcements may have been missed. */
  void check() {
    tails.checkAll();
    registry.feed().check();
  }

  private <T extends @Nullable Object> T now(Supplier<CompletableFuture<T>> work) {
    try {
      return admission.take(0, work).join();
    } catch (CompletionException e) {
      throw Admission.failure(e);
    }
  }

  /**
   * When the log was made: the time of a message that is written once, by this node or by another.
   * While another's is under way ours is refused, and nothing can be read yet.
   */
  private static CompletableFuture<Long> generation(
      Api api, Publisher publisher, Subjects subjects, Ids ids, EngineThread engine, long until) {
    Headers headers = new Headers().put(Marks.ID, ids.next()).put(Marks.EXPECTED, "0");
    return publisher
        .publish(subjects.generation(), headers, new byte[0])
        .thenCompose(_ -> api.last(subjects.stream(), subjects.generation()))
        .thenCompose(
            first -> {
              if (first != null) {
                return CompletableFuture.completedFuture(first.time());
              }
              if (engine.now() > until) {
                throw new JournalException(
                    Reason.UNKNOWN, "The log was deleted while it was opened; open it again");
              }
              CompletableFuture<Long> later = new CompletableFuture<>();
              engine.after(AGAIN_MS, () -> later.complete(0L));
              return later.thenCompose(
                  _ -> generation(api, publisher, subjects, ids, engine, until));
            });
  }

  public Journal journal() {
    return journal;
  }

  public Registry registry() {
    return registry;
  }

  /** What nodes tell one another and no server keeps. */
  public Signals signals() {
    return signals;
  }

  /** Whether this node knows what the others know; one that does not for 30 s is not ready. */
  public boolean following() {
    return engine.now() - registry.feed().followedAt() < FOLLOWED_MS;
  }

  /** What makes what is stored here less durable than it could be, each in a sentence. */
  public List<String> weaknesses() {
    return weaknesses;
  }

  /** Takes no more writes, finishes those taken and the reads, and closes. Not for callbacks. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    admission.close();
    CompletableFuture<Void> told = new CompletableFuture<>();
    engine.run(
        () -> {
          signals.close();
          tails.loseAll(new JournalException(Reason.CLOSED, "The journal was closed"));
          told.complete(null);
        });
    told.join();
    link.close();
    engine.close();
  }
}

package io.holdfast.channels;

import io.holdfast.fold.FoldLimits;
import io.holdfast.fold.Origin;
import io.holdfast.fold.Owner;
import io.holdfast.fold.Publisher;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.holdfast.nodes.Nodes;
import io.holdfast.objects.Pool;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.PresenceMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All channels of a node. Every call may come from any thread, returns at once, and is carried out
 * on the channel's lane in the order of the calls; a channel that is not in memory is opened for
 * it.
 */
public final class Channels {
  private static final int READ_TRIES = 3;

  /** A client's rounds of five minutes, and one for the way, ms. */
  private static final long CLIENTS_FORGET_LATER = 6 * 60_000;

  private final Services services;
  private final List<Lane> lanes;
  private final Opening opening;
  private final Announcing announcing;
  private final Elsewhere elsewhere;
  private final ConcurrentHashMap<ChannelId, Channel> channels = new ConcurrentHashMap<>();
  private volatile BiPredicate<String, Owner> transports = (connectionId, owner) -> true;

  /** The channels of a node that works alone, all with the same limits. */
  public Channels(
      Journal journal, List<Lane> lanes, Timers timers, ChannelSettings settings, String boot) {
    this(journal, lanes, timers, settings, id -> settings.limits(), Nodes.alone(boot));
  }

  /**
   * The channels of a node.
   *
   * @param limits the fold's, by channel
   * @param nodes this node's run and the others that work on the same journal
   */
  public Channels(
      Journal journal,
      List<Lane> lanes,
      Timers timers,
      ChannelSettings settings,
      Function<ChannelId, FoldLimits> limits,
      Nodes nodes) {
    this.elsewhere =
        new Elsewhere(nodes, timers, this::runIfOpen, this::useIfOpen, this::unusedIfOpen);
    this.services =
        new Services(
            journal,
            timers,
            settings,
            limits,
            nodes,
            elsewhere,
            timers.now(),
            (connectionId, owner) -> transports.test(connectionId, owner),
            new Doubts(timers));
    this.lanes = List.copyOf(lanes);
    this.opening = new LogOpening(services);
    this.announcing = new Announcing(nodes.boot());
    nodes.onChange(this::nodesChanged);
  }

  /** A client frame that follows no other. Its reply comes once, on the channel's lane. */
  public void submit(ChannelId channel, Submission submission) {
    var _ = submit(channel, submission, null);
  }

  /**
   * A client frame. Its reply comes once, on any thread.
   *
   * @param before what this returned for the frame before, if that may still be unanswered
   */
  public Tenure submit(ChannelId channel, Submission submission, @Nullable Tenure before) {
    while (true) {
      Channel handle = channels.computeIfAbsent(channel, this::create);
      Tenure taken = handle.submit(submission, before);
      if (taken != null) {
        return taken;
      }
      channels.remove(channel, handle);
    }
  }

  /** Whether other nodes may write to the same journal. */
  public boolean shared() {
    return services.journal().shared();
  }

  /** Whether so much waits for a verdict on a channel that no more should be read for it. */
  public boolean crowded(ChannelId channel) {
    Channel handle = channels.get(channel);
    return handle != null && handle.load() > services.settings().unackedBytes();
  }

  /** What a publisher has waiting in a rollup window goes out now. */
  public void flushRollup(ChannelId channel, Publisher publisher) {
    runIfOpen(channel, open -> open.flushRollup(publisher));
  }

  public void attach(ChannelId channel, AttachRequest request) {
    run(
        channel,
        new Channel.Abreast(open -> open.knowsTooLittleFor(request), open -> open.attach(request)));
  }

  /**
   * Ends a connection's attachment.
   *
   * @param gone runs on the subscriber's executor after the last event, or on the lane if the
   *     connection was not attached
   */
  public void detach(ChannelId channel, Seat seat, Runnable gone) {
    run(channel, open -> open.detach(seat, gone));
  }

  /** A transport is gone and its attachment with it. */
  public void dropped(ChannelId channel, Attachment attachment) {
    runIfOpen(channel, open -> open.dropped(attachment));
  }

  /** Sends a connection the members again. */
  public void sync(ChannelId channel, Seat seat) {
    run(channel, open -> open.sync(seat));
  }

  /** A transport is lost: its connection's members leave if it still answers for them. */
  public void depart(ChannelId channel, String connectionId, Owner owner) {
    run(channel, open -> open.departures().ofTransport(connectionId, owner));
  }

  /** Has somebody say whether a transport of this run, by its connection, is not over. */
  public void whoIsThere(BiPredicate<String, Owner> there) {
    transports = there;
  }

  /** Has somebody hear how many messages others have published, on the channel's lane. */
  public void hearOthers(ObjIntConsumer<ChannelId> others) {
    elsewhere.others(others);
  }

  /**
   * A client leaves with all its members but those of a later transport.
   *
   * @param owner the transport it said so on
   * @param gone runs on the lane once the log has it: a client that was told so and comes back
   *     after a crash must not find itself there
   */
  public void leave(ChannelId channel, String connectionId, Owner owner, Runnable gone) {
    Leaving leaving = new Leaving(connectionId, owner, gone);
    run(channel, open -> open.departures().ofClient(leaving));
  }

  /** Messages as they stand, at their original places. */
  public CompletableFuture<Page<Message>> history(ChannelId channel, HistoryQuery query) {
    return read(channel, (open, to) -> open.reading().history(query, to));
  }

  public CompletableFuture<Page<PresenceMessage>> presenceHistory(
      ChannelId channel, HistoryQuery query) {
    return read(channel, (open, to) -> open.reading().presenceHistory(query, to));
  }

  /** The members present now. */
  public CompletableFuture<List<PresenceMessage>> members(ChannelId channel) {
    return read(channel, (open, to) -> open.reading().members(to));
  }

  /** The shared objects as they stand. */
  public CompletableFuture<Pool> objects(ChannelId channel) {
    return read(channel, OpenChannel::objects);
  }

  /** Whether a frame was applied, as far as that is remembered. */
  public CompletableFuture<Boolean> appliedBefore(ChannelId channel, Origin origin) {
    CompletableFuture<Boolean> applied = new CompletableFuture<>();
    run(
        channel,
        new Channel.Abreast(open -> true, open -> applied.complete(open.appliedBefore(origin))));
    return applied;
  }

  /** Sends a connection the shared objects again. */
  public void syncObjects(ChannelId channel, Seat seat) {
    run(channel, open -> open.syncObjects(seat));
  }

  /**
   * Looks after the shared objects of a channel if they are in memory: has garbage collected, and
   * lets go of them when nobody uses them.
   *
   * @param retention how long they are kept if nobody changes them, ms; 0 for ever
   */
  public void lookAfterObjects(ChannelId channel, long retention) {
    runIfOpen(channel, open -> open.collecting().look(retention));
  }

  /** Has garbage collected that the store knows of. */
  public void collectObjects(ChannelId channel, long retention) {
    run(channel, open -> open.collecting().lookInStore(retention));
  }

  /**
   * How long the server is to remember what is removed of shared objects, if clients are told a
   * grace: longer, as they look for what they may forget every five minutes only (RTO10a). The
   * server must forget last: an operation on what it has forgotten would bring it back for others.
   *
   * @param grace what clients are told, ms
   */
  public static long objectGraceFor(long grace) {
    return grace + Math.min(grace, CLIENTS_FORGET_LATER);
  }

  /** What clients are told of that, ms. */
  public long objectGrace() {
    long grace = services.settings().limits().objectGrace();
    return Math.max(grace / 2, grace - CLIENTS_FORGET_LATER);
  }

  /** A message as it stands, or null. */
  public CompletableFuture<@Nullable Message> message(ChannelId channel, String serial) {
    return read(channel, (open, to) -> open.reading().message(serial, to));
  }

  /**
   * The annotations of a message, oldest first.
   *
   * @param after the last key of the page before; null for the first page
   */
  public CompletableFuture<Page<Annotation>> annotations(
      ChannelId channel, String serial, int limit, @Nullable String after) {
    return read(channel, (open, to) -> open.reading().annotations(serial, limit, after, to));
  }

  /** What one client has said of a message, added up, as JSON; null if there is no message. */
  public CompletableFuture<@Nullable String> summaryOf(
      ChannelId channel, String serial, String client) {
    return read(channel, (open, to) -> open.reading().summaryOf(serial, client, to));
  }

  /** A message's versions, oldest first; none if there is no such message. */
  public CompletableFuture<List<Message>> versions(ChannelId channel, String serial) {
    return read(channel, (open, to) -> open.reading().versions(serial, to));
  }

  /** Writes changed records and deletes entries past the resume horizon. */
  public void compact(ChannelId channel) {
    run(channel, open -> open.shortening().compact());
  }

  /** Deletes a channel that is given up, with its members; only what is in it if it is in use. */
  public void purge(ChannelId channel) {
    run(channel, open -> open.expiring().purge());
  }

  /** Deletes what is from before a time, ms; the whole channel if all is. */
  public void expire(ChannelId channel, long before) {
    expire(channel, before, before);
  }

  /**
   * Deletes messages and presence events from before a time, ms; the whole channel if all are.
   *
   * @param objectsBefore shared objects that were changed since keep their channel, ms
   */
  public void expire(ChannelId channel, long before, long objectsBefore) {
    run(channel, open -> open.expiring().expire(before, objectsBefore));
  }

  /** Channels in memory that nobody uses leave it; their state is written first. */
  public void retireIdle() {
    channels
        .keySet()
        .forEach(
            id ->
                runIfOpen(
                    id,
                    open -> {
                      if (open.idle()) {
                        open.retire();
                      }
                    }));
  }

  /** Lets out everything that waits for a window, as before a stop. */
  public void flushAllRollups() {
    channels.keySet().forEach(id -> runIfOpen(id, OpenChannel::flushAllRollups));
  }

  /** Writes what would take a while to read again, as before a stop; done when all is written. */
  public CompletableFuture<Void> settle() {
    List<CompletableFuture<Void>> settled = new ArrayList<>();
    for (Channel channel : channels.values()) {
      CompletableFuture<Void> one = new CompletableFuture<>();
      if (channel.offer(open -> open.storing().settle(() -> one.complete(null)))) {
        settled.add(one);
      }
    }
    return CompletableFuture.allOf(settled.toArray(CompletableFuture[]::new));
  }

  /** What a channel takes in memory; null for one that is not there. */
  public CompletableFuture<@Nullable ChannelLoad> load(ChannelId channel) {
    CompletableFuture<@Nullable ChannelLoad> load = new CompletableFuture<>();
    Channel handle = channels.get(channel);
    if (handle == null || !handle.offer(open -> load.complete(open.load()))) {
      load.complete(null);
    }
    return load;
  }

  private void nodesChanged() {
    elsewhere.changed();
    elsewhere.tellMeta(channels.keySet());
    channels.keySet().forEach(id -> runIfOpen(id, OpenChannel::nodesChanged));
  }

  /** What a channel is used for now, on all nodes: at the least by whoever asks. */
  public CompletableFuture<ChannelUse> use(ChannelId channel) {
    return useHere(channel)
        .thenCombine(
            elsewhere.uses(channel),
            (here, others) -> others.stream().reduce(here, ChannelUse::plus));
  }

  /** What a channel is used for now: at the least by whoever asks. */
  private CompletableFuture<ChannelUse> useHere(ChannelId channel) {
    CompletableFuture<ChannelUse> use = new CompletableFuture<>();
    run(channel, new Channel.Abreast(open -> true, open -> use.complete(open.asked())));
    return use;
  }

  /** What a channel is used for now, if it is in memory; nobody uses it by this. */
  public CompletableFuture<ChannelUse> useIfOpen(ChannelId channel) {
    CompletableFuture<ChannelUse> use = new CompletableFuture<>();
    Channel handle = channels.get(channel);
    if (handle == null || !handle.offer(open -> use.complete(open.inUse()))) {
      use.complete(ChannelUse.NONE);
    }
    return use;
  }

  /** Whether nobody is on a channel now and nothing waits, be it in memory or not. */
  private CompletableFuture<Boolean> unusedIfOpen(ChannelId channel) {
    CompletableFuture<Boolean> unused = new CompletableFuture<>();
    Channel handle = channels.get(channel);
    if (handle == null || !handle.offer(open -> unused.complete(open.unused()))) {
      unused.complete(true);
    }
    return unused;
  }

  /** The channels in memory. */
  public List<ChannelId> open() {
    return List.copyOf(channels.keySet());
  }

  /**
   * Says something on a [meta] channel, to be kept like any message, if it is in memory, that is
   * when anybody has listened there lately.
   *
   * @param data a tree of maps, lists and values
   */
  public void announce(ChannelId meta, String name, Map<String, Object> data) {
    if (channels.containsKey(meta) || elsewhere.hasMeta(meta)) {
      submit(meta, announcing.message(name, data));
    }
  }

  private void opened(ChannelId id, OpenChannel open) {
    Map<String, Object> details = Announcing.details(id, true, open.occupancy());
    announce(Announcing.lifecycle(id.app()), "channel.opened", details);
    // one node is the only region there is
    announce(Announcing.lifecycle(id.app()), "channel.region.active", details);
  }

  private void closed(ChannelId id) {
    if (Announcing.meta(id)) {
      elsewhere.tellMeta(channels.keySet());
    } else {
      Map<String, Object> details = Announcing.details(id, false, Occupancy.NONE);
      announce(Announcing.lifecycle(id.app()), "channel.region.inactive", details);
      announce(Announcing.lifecycle(id.app()), "channel.closed", details);
    }
  }

  private void run(ChannelId id, Consumer<OpenChannel> task) {
    Channel channel = channels.computeIfAbsent(id, this::create);
    while (!channel.offer(task)) {
      channels.remove(id, channel);
      channel = channels.computeIfAbsent(id, this::create);
    }
  }

  /** Asks a channel, and again if it fails meanwhile: who asks has nothing to do with that. */
  private <T extends @Nullable Object> CompletableFuture<T> read(
      ChannelId id, BiConsumer<OpenChannel, CompletableFuture<T>> ask) {
    return read(id, ask, READ_TRIES);
  }

  private <T extends @Nullable Object> CompletableFuture<T> read(
      ChannelId id, BiConsumer<OpenChannel, CompletableFuture<T>> ask, int tries) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    run(id, new Channel.Abreast(open -> true, open -> ask.accept(open, answer)));
    return answer.exceptionallyCompose(
        failure -> {
          if (!(failure instanceof Reading.Abandoned)) {
            return CompletableFuture.failedFuture(failure);
          }
          return tries > 1
              ? read(id, ask, tries - 1)
              : CompletableFuture.failedFuture(
                  new JournalException(Reason.UNKNOWN, "the channel failed while it was read"));
        });
  }

  private void runIfOpen(ChannelId id, Consumer<OpenChannel> task) {
    Channel channel = channels.get(id);
    if (channel != null) {
      channel.offer(task);
    }
  }

  private Channel create(ChannelId id) {
    Channel made = create(id, new Tenure());
    if (!Announcing.meta(id)) {
      made.offer(open -> opened(id, open));
    } else {
      made.offer(open -> elsewhere.tellMeta(channels.keySet()));
    }
    return made;
  }

  private Channel create(ChannelId id, Tenure tenure) {
    Lane lane = lanes.get(Math.floorMod(id.hashCode(), lanes.size()));
    return new Channel(id, lane, opening, tenure, this::succeed);
  }

  /**
   * The table is held meanwhile, so nobody finds the next handle before it has what is left. Frames
   * that go over with their order kept are still of the tenure that took them.
   */
  private void succeed(Channel before, Supplier<Queue<Consumer<OpenChannel>>> closing) {
    Channel after =
        channels.compute(
            before.id(),
            (id, current) -> {
              Queue<Consumer<OpenChannel>> left = closing.get();
              if (left.isEmpty()) {
                return current == before ? null : current;
              }
              Channel next =
                  current == before || current == null ? create(id, before.tenure()) : current;
              left.forEach(next::offer);
              return next;
            });
    if (after == null) {
      closed(before.id());
    }
  }
}

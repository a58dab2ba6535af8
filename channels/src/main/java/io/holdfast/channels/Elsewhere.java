package io.holdfast.channels;

import io.holdfast.fold.Cursor;
import io.holdfast.fold.Entry;
import io.holdfast.fold.EntryCodec;
import io.holdfast.fold.Part;
import io.holdfast.journal.ChannelId;
import io.holdfast.nodes.Nodes;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;

/**
 * What channels tell those of the same name on other nodes, and hear from them: who is counted
 * where, and what is delivered and never stored. Nothing of it lasts, so what is lost on the way is
 * told again or was not worth it. Any thread.
 */
final class Elsewhere {
  /** Whoever watches says so again and again, ms. */
  static final int RENEWED = 10_000;

  private static final int FORGOTTEN = 30_000;
  private static final int MAX_WATCHED = 100_000;
  private static final int MAX_META = 1_000;
  private static final String WATCH = "channel.watch";
  private static final String COUNT = "channel.count";
  private static final String ASK = "channel.occupancy";
  private static final String UNUSED = "channel.unused";
  private static final String EPHEMERAL = "channel.ephemeral";
  private static final String META = "channel.meta";

  private final Nodes nodes;
  private final Timers timers;
  private volatile ObjIntConsumer<ChannelId> others = (channel, messages) -> {};
  private final BiConsumer<ChannelId, Consumer<OpenChannel>> ifOpen;

  /** Nodes that count a channel's clients, and until when; the oldest falls out past the bound. */
  private final Map<ChannelId, Map<String, Long>> watched = new LinkedHashMap<>();

  /** The [meta] channels that other nodes have in memory. */
  private final Map<String, Set<ChannelId>> metas = new ConcurrentHashMap<>();

  /**
   * Begins to listen.
   *
   * @param ifOpen gives a channel that is in memory something to do
   * @param use what a channel is used for here, if it is in memory
   * @param unused whether nobody is on a channel here and nothing waits
   */
  Elsewhere(
      Nodes nodes,
      Timers timers,
      BiConsumer<ChannelId, Consumer<OpenChannel>> ifOpen,
      Function<ChannelId, CompletableFuture<ChannelUse>> use,
      Function<ChannelId, CompletableFuture<Boolean>> unused) {
    this.nodes = nodes;
    this.timers = timers;
    this.ifOpen = ifOpen;
    nodes.hear(WATCH, (from, news) -> watchedFrom(from, new Letter.In(news).channel()));
    nodes.hear(COUNT, this::counted);
    nodes.hear(EPHEMERAL, this::ephemeral);
    nodes.hear(META, (from, news) -> metas.put(from, new Letter.In(news).channels()));
    nodes.answer(
        ASK,
        (from, question) ->
            use.apply(new Letter.In(question).channel())
                .thenApply(now -> new Letter().flag(now.active()).counts(now.occupancy()).bytes()));
    nodes.answer(
        UNUSED,
        (from, question) ->
            unused
                .apply(new Letter.In(question).channel())
                .thenApply(now -> new Letter().flag(now).bytes()));
  }

  Nodes nodes() {
    return nodes;
  }

  private boolean alone() {
    return nodes.others().isEmpty();
  }

  /** Has somebody hear what other nodes' clients have published. */
  void others(ObjIntConsumer<ChannelId> told) {
    others = told;
  }

  /** An entry of another node is applied. */
  void published(ChannelId channel, Entry entry) {
    int messages = 0;
    for (Part part : entry.parts()) {
      messages += part instanceof Part.Publish publish ? publish.messages().size() : 0;
    }
    if (messages > 0) {
      others.accept(channel, messages);
    }
  }

  /** What tells this node's places from those that others give; nothing where there are none. */
  String mark() {
    return alone() ? "" : nodes.boot();
  }

  /** This node counts a channel's clients, so it wants to hear of those on other nodes. */
  void watch(ChannelId channel) {
    if (!alone()) {
      nodes.tellAll(WATCH, new Letter().channel(channel).bytes());
    }
  }

  private void watchedFrom(String from, ChannelId channel) {
    synchronized (watched) {
      Map<String, Long> before = watched.remove(channel);
      Map<String, Long> by = before == null ? new LinkedHashMap<>() : before;
      watched.put(channel, by);
      by.put(from, timers.now() + FORGOTTEN);
      Iterator<ChannelId> oldest = watched.keySet().iterator();
      while (watched.size() > MAX_WATCHED) {
        oldest.next();
        oldest.remove();
      }
    }
    ifOpen.accept(channel, open -> open.counting().asked(from));
  }

  /** The nodes that count a channel's clients. */
  List<String> watching(ChannelId channel) {
    synchronized (watched) {
      Map<String, Long> by = watched.get(channel);
      if (by == null) {
        return List.of();
      }
      by.values().removeIf(until -> until < timers.now());
      if (by.isEmpty()) {
        watched.remove(channel);
      }
      return List.copyOf(by.keySet());
    }
  }

  /** Tells another node how many are on a channel here. */
  void count(ChannelId channel, String node, Occupancy here) {
    nodes.tell(node, COUNT, new Letter().channel(channel).counts(here).bytes());
  }

  private void counted(String from, byte[] news) {
    Letter.In in = new Letter.In(news);
    ChannelId channel = in.channel();
    Occupancy there = in.counts();
    ifOpen.accept(channel, open -> open.counting().heard(from, there));
  }

  /** What a channel is used for on the other nodes. */
  CompletableFuture<Collection<ChannelUse>> uses(ChannelId channel) {
    if (alone()) {
      return CompletableFuture.completedFuture(List.of());
    }
    return nodes
        .askAll(ASK, new Letter().channel(channel).bytes())
        .thenApply(answers -> answers.values().stream().map(Elsewhere::use).toList());
  }

  /** Whether certainly nobody is on a channel on another node, be it in memory there. */
  CompletableFuture<Boolean> unused(ChannelId channel) {
    if (alone()) {
      return CompletableFuture.completedFuture(true);
    }
    return nodes
        .askAll(UNUSED, new Letter().channel(channel).bytes())
        .thenApply(
            answers ->
                answers.keySet().containsAll(nodes.others())
                    && answers.values().stream().allMatch(said -> new Letter.In(said).flag()));
  }

  private static ChannelUse use(byte[] answer) {
    Letter.In in = new Letter.In(answer);
    return new ChannelUse(in.flag(), in.counts());
  }

  /**
   * Has a message that is not stored delivered on the other nodes.
   *
   * @param at behind what
   * @param number of the first message there
   */
  void deliver(ChannelId channel, Part.Publish publish, Cursor at, int number, long time) {
    if (!alone()) {
      byte[] part = EntryCodec.encode(new Entry(List.of(publish)));
      nodes.tellAll(
          EPHEMERAL,
          new Letter()
              .channel(channel)
              .number(at.generation())
              .number(at.position())
              .number(at.frame())
              .number(number)
              .number(time)
              .rest(part)
              .bytes());
    }
  }

  private void ephemeral(String from, byte[] news) {
    Letter.In in = new Letter.In(news);
    ChannelId channel = in.channel();
    Cursor at = new Cursor(in.number(), in.number(), (int) in.number());
    int number = (int) in.number();
    long time = in.number();
    if (EntryCodec.decode(in.rest()).parts().getFirst() instanceof Part.Publish publish) {
      Ephemerals.Placed placed = new Ephemerals.Placed(publish, at, from, number, time);
      ifOpen.accept(channel, open -> open.ephemerals().heard(placed));
    }
  }

  /** Tells the others which [meta] channels are in memory here. */
  void tellMeta(Collection<ChannelId> open) {
    if (!alone()) {
      List<ChannelId> meta = open.stream().filter(Announcing::meta).limit(MAX_META).toList();
      nodes.tellAll(META, new Letter().channels(meta).bytes());
    }
  }

  /** Whether another node has a [meta] channel in memory. */
  boolean hasMeta(ChannelId meta) {
    return metas.values().stream().anyMatch(open -> open.contains(meta));
  }

  /** A node has come or gone. */
  void changed() {
    Set<String> others = nodes.others();
    metas.keySet().retainAll(others);
    synchronized (watched) {
      watched.values().forEach(by -> by.keySet().retainAll(others));
      watched.values().removeIf(Map::isEmpty);
    }
  }
}

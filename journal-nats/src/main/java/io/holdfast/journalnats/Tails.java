package io.holdfast.journalnats;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All channels that are followed. An entry may be stored and announced to nobody: only the leader
 * announces, and that somebody listens crosses the servers' routes late. So a channel is checked
 * when it is first followed, and all are when announcements may have been missed: at once, after 1
 * s and after 5 s; and each every 30 s. Of the engine's thread.
 */
final class Tails {
  private static final long[] CHECKS_MS = {0, 1_000, 5_000};
  private static final long ROUND_MS = 30_000;
  private static final long BEAT_MS = 50;
  private static final int BATCH = 1_024;
  private static final int BATCH_CHARS = 256 << 10;
  private static final int CHECKS_AT_ONCE = 4;

  /**
   * Entries are kept for the resume horizon, 10 minutes by default. Who could not look for half of
   * that cannot know what was there and is gone.
   */
  private static final long LAPSE_MS = 300_000;

  private final String stream;
  private final Subjects subjects;
  private final Link link;
  private final Api api;
  private final EngineThread engine;
  private final Map<ChannelId, Tail> tails = new HashMap<>();

  /** Those somebody waits for, since when. */
  private final Map<Tail, Long> awaited = new HashMap<>();

  /** In the order they are due; a channel may be in it several times. */
  private final List<Deque<Due>> due = new ArrayList<>();

  /** The ones of the present round that are yet to be checked. */
  private Deque<ChannelId> round = new ArrayDeque<>();

  private long roundEnds;
  private int underWay;

  private record Due(long at, ChannelId channel) {}

  Tails(String stream, Subjects subjects, Link link, Api api, EngineThread engine) {
    this.stream = stream;
    this.subjects = subjects;
    this.link = link;
    this.api = api;
    this.engine = engine;
    for (long _ : CHECKS_MS) {
      due.add(new ArrayDeque<>());
    }
    roundEnds = engine.now() + ROUND_MS;
    engine.every(BEAT_MS, this::beat);
  }

  @Nullable Tail of(ChannelId channel) {
    return tails.get(channel);
  }

  /** The channel's tail, to be given a follower. */
  Tail open(ChannelId channel) {
    Tail open = tails.get(channel);
    if (open != null) {
      return open;
    }
    Tail tail = new Tail(subjects.of(channel), engine.now(), this::close);
    tails.put(channel, tail);
    tail.subscribed(link.subscribe(tail.channel().live(), message -> announced(tail, message)));
    checkLater(channel, engine.now());
    return tail;
  }

  /** A process that stood still finds what was announced meanwhile before it has looked again. */
  private void announced(Tail tail, Stored message) {
    lapse(tail);
    tail.announced(message);
  }

  private void close(Tail tail) {
    link.unsubscribe(tail.subscription());
    tails.remove(tail.channel().id(), tail);
  }

  /** Announcements may have been missed. */
  void checkAll() {
    long now = engine.now();
    due.forEach(Deque::clear);
    tails.keySet().forEach(channel -> checkLater(channel, now));
  }

  private void checkLater(ChannelId channel, long now) {
    for (int i = 0; i < CHECKS_MS.length; i++) {
      due.get(i).add(new Due(now + CHECKS_MS[i], channel));
    }
  }

  private void beat() {
    long now = engine.now();
    hurry(now);
    Set<ChannelId> batch = new HashSet<>();
    int chars = 0;
    while (underWay < CHECKS_AT_ONCE) {
      ChannelId next = next(now);
      if (next != null && batch.add(next)) {
        chars += subjects.of(next).entries().length();
      }
      if (next == null || batch.size() == BATCH || chars >= BATCH_CHARS) {
        if (batch.isEmpty()) {
          return;
        }
        check(List.copyOf(batch));
        batch.clear();
        chars = 0;
      }
    }
  }

  /** An entry is there by the leader's word: read if it is not announced in a moment. */
  void expect(ChannelId channel, long position) {
    Tail tail = tails.get(channel);
    if (tail != null && tail.told() < position) {
      engine.after(
          BEAT_MS,
          () -> {
            if (tails.get(channel) == tail) {
              tail.checked(position, engine.now());
            }
          });
    }
  }

  /** Runs {@code then} once everybody who follows was told of an entry that is stored. */
  void whenTold(Tail tail, long position, Runnable then) {
    tail.whenTold(position, then);
    if (tail.awaited()) {
      awaited.putIfAbsent(tail, engine.now());
    }
  }

  /** What is stored and was not announced for a while is read. */
  private void hurry(long now) {
    if (awaited.isEmpty()) {
      return;
    }
    List<Tail> late = new ArrayList<>();
    awaited.entrySet().removeIf(entry -> !entry.getKey().awaited());
    awaited.forEach(
        (tail, since) -> {
          if (now - since >= BEAT_MS) {
            late.add(tail);
          }
        });
    late.forEach(
        tail -> {
          awaited.put(tail, now);
          tail.hurry();
        });
  }

  private @Nullable ChannelId next(long now) {
    for (Deque<Due> row : due) {
      Due first = row.peek();
      if (first != null && first.at <= now) {
        return row.remove().channel;
      }
    }
    if (round.isEmpty() && now >= roundEnds) {
      round = new ArrayDeque<>(tails.keySet());
      roundEnds = now + ROUND_MS;
    }
    return round.poll();
  }

  private void check(List<ChannelId> channels) {
    Map<String, Tail> asked = new LinkedHashMap<>();
    long from = Long.MAX_VALUE;
    for (ChannelId channel : channels) {
      Tail tail = tails.get(channel);
      if (tail != null && !tail.isEmpty()) {
        asked.put(tail.channel().entries(), tail);
        from = Math.min(from, tail.told() + 1);
      }
    }
    if (asked.isEmpty()) {
      return;
    }
    underWay++;
    var _ =
        api.lasts(stream, List.copyOf(asked.keySet()), from)
            .whenComplete(
                (page, failure) -> {
                  underWay--;
                  if (failure == null) {
                    checked(asked, page);
                  } else {
                    // these take part in the next round as all do
                    asked.values().forEach(this::lapse);
                  }
                });
  }

  private void checked(Map<String, Tail> asked, Api.Page page) {
    long now = engine.now();
    asked.values().forEach(this::lapse);
    for (Stored newest : page.messages()) {
      Tail tail = asked.get(newest.subject());
      if (tail != null) {
        tail.checked(newest.sequence(), now);
      }
    }
    if (page.left() == 0) {
      asked.values().forEach(tail -> tail.checked(now));
    }
  }

  private void lapse(Tail tail) {
    if (engine.now() - tail.checkedAt() > LAPSE_MS) {
      tail.lose(
          new JournalException(
              Reason.UNKNOWN,
              "The channel could not be followed for so long that entries may be gone unseen"));
      close(tail);
    }
  }

  void loseAll(JournalException why) {
    List.copyOf(tails.values())
        .forEach(
            tail -> {
              tail.lose(why);
              close(tail);
            });
  }
}

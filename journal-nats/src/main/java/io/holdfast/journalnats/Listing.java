package io.holdfast.journalnats;

import io.holdfast.journal.ChannelId;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lists the channels. The servers know them in no order and all at once, so a list is made when one
 * is asked for, and kept for whoever asks for the next page of it within a minute. Of the engine's
 * thread.
 */
final class Listing {
  private static final long KEPT_MS = 60_000;
  private static final int NAMES_AT_ONCE = 512;

  private final Subjects subjects;
  private final Api api;
  private final EngineThread engine;
  private NavigableSet<ChannelId> list = new TreeSet<>();
  private long madeAt;

  /** Where the last page of the list ended; null when nobody reads it. */
  private @Nullable ChannelId pageEnd;

  Listing(Subjects subjects, Api api, EngineThread engine) {
    this.subjects = subjects;
    this.api = api;
    this.engine = engine;
  }

  CompletableFuture<List<ChannelId>> page(@Nullable ChannelId after, int limit) {
    boolean goesOn = after != null && after.equals(pageEnd) && engine.now() - madeAt < KEPT_MS;
    if (goesOn) {
      return CompletableFuture.completedFuture(cut(after, limit));
    }
    return make()
        .thenApply(
            made -> {
              list = made;
              madeAt = engine.now();
              return cut(after, limit);
            });
  }

  private List<ChannelId> cut(@Nullable ChannelId after, int limit) {
    List<ChannelId> page = new ArrayList<>();
    for (ChannelId channel : after == null ? list : list.tailSet(after, false)) {
      if (page.size() >= limit) {
        pageEnd = page.isEmpty() ? null : page.getLast();
        return page;
      }
      page.add(channel);
    }
    pageEnd = null;
    list = new TreeSet<>();
    return page;
  }

  private CompletableFuture<NavigableSet<ChannelId>> make() {
    Set<String> stored = new HashSet<>();
    return collect(subjects.allEntries(), 0, stored)
        .thenCompose(_ -> collect(subjects.allHeads(), 0, stored))
        .thenCompose(_ -> withoutDeleted(stored))
        .thenCompose(_ -> named(stored));
  }

  /** Takes away what says no more than that a channel was deleted lately. */
  private CompletableFuture<Void> withoutDeleted(Set<String> stored) {
    Set<String> gone = new HashSet<>();
    return collect(subjects.allGone(), 0, gone)
        .thenCompose(
            _ -> {
              List<String> looked = new ArrayList<>();
              for (String subject : gone) {
                String entries = subject.substring(0, subject.lastIndexOf('.'));
                Stream.of(entries, entries + ".head").filter(stored::contains).forEach(looked::add);
              }
              return withoutDeleted(stored, looked);
            });
  }

  private CompletableFuture<Void> withoutDeleted(Set<String> stored, List<String> left) {
    if (left.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    int count = Math.min(NAMES_AT_ONCE, left.size());
    List<String> batch = List.copyOf(left.subList(0, count));
    return api.lasts(subjects.stream(), batch, 1)
        .thenCompose(
            page -> {
              Set<String> doubtful = new HashSet<>(batch);
              for (Stored newest : page.messages()) {
                if (newest.isDeletion()) {
                  doubtful.remove(newest.subject());
                  stored.remove(newest.subject());
                }
              }
              // who was asked may lag
              return Pieces.all(doubtful.stream().map(one -> withoutDeleted(stored, one)).toList());
            })
        .thenCompose(_ -> withoutDeleted(stored, left.subList(count, left.size())));
  }

  private CompletableFuture<Void> withoutDeleted(Set<String> stored, String subject) {
    return api.last(subjects.stream(), subject)
        .thenAccept(
            newest -> {
              if (newest == null || newest.isDeletion()) {
                stored.remove(subject);
              }
            });
  }

  private CompletableFuture<Void> collect(String filter, int offset, Set<String> into) {
    String body = "{\"subjects_filter\":\"%s\",\"offset\":%d}".formatted(filter, offset);
    return api.call("STREAM.INFO." + subjects.stream(), body)
        .thenCompose(
            answer -> {
              JsonValue info = Api.checked(answer);
              JsonValue state = JsonValueUtils.readObject(info, "state");
              Map<String, JsonValue> page = JsonValueUtils.readObject(state, "subjects").map;
              int count = page == null ? 0 : page.size();
              if (page != null) {
                into.addAll(page.keySet());
              }
              int total = JsonValueUtils.readInteger(info, "total", 0);
              return count > 0 && offset + count < total
                  ? collect(filter, offset + count, into)
                  : CompletableFuture.<Void>completedFuture(null);
            });
  }

  /** Names from subjects, and from what is stored where a subject has none. */
  private CompletableFuture<NavigableSet<ChannelId>> named(Set<String> stored) {
    NavigableSet<ChannelId> names = new TreeSet<>();
    Map<String, String> unnamed = new HashMap<>();
    for (String subject : stored) {
      String[] tokens = subject.split("\\.", -1);
      if (Names.isHashed(tokens[2]) || Names.isHashed(tokens[3])) {
        unnamed.put(tokens[2] + "." + tokens[3], subject);
      } else {
        names.add(new ChannelId(Names.unescaped(tokens[2]), Names.unescaped(tokens[3])));
      }
    }
    return ask(new ArrayList<>(unnamed.values()), names);
  }

  private CompletableFuture<NavigableSet<ChannelId>> ask(
      List<String> subjectsLeft, NavigableSet<ChannelId> names) {
    if (subjectsLeft.isEmpty()) {
      return CompletableFuture.completedFuture(names);
    }
    int count = Math.min(NAMES_AT_ONCE, subjectsLeft.size());
    return api.lasts(subjects.stream(), List.copyOf(subjectsLeft.subList(0, count)), 1)
        .thenCompose(
            page -> {
              for (Stored newest : page.messages()) {
                ChannelId name = name(newest);
                if (name != null) {
                  names.add(name);
                }
              }
              return ask(subjectsLeft.subList(count, subjectsLeft.size()), names);
            });
  }

  private static @Nullable ChannelId name(Stored stored) {
    String app = stored.header(Marks.APP);
    String channel = stored.header(Marks.CHANNEL);
    return app == null || channel == null
        ? null
        : new ChannelId(Names.unescaped(app), Names.unescaped(channel));
  }
}

package io.holdfast.journalnats;

import io.holdfast.journal.Registry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry as this node knows it, in memory: all of it, so that reads go on while the servers
 * are away. The servers hold each of its records in memory too, so it is bounded where it is
 * written. Of the engine's thread.
 */
final class Mirror {
  /** More than any installation has had use for; what would be beyond is refused when written. */
  static final int ITEMS_MAX = 1_000_000;

  static final long BYTES_MAX = 512L << 20;

  private static final Logger log = LoggerFactory.getLogger(Mirror.class);

  /** A record's name, in the order of a scan. */
  record Name(String app, String kind, String key) implements Comparable<Name> {
    private static final Comparator<Name> ORDER =
        Comparator.comparing(Name::app).thenComparing(Name::kind).thenComparing(Name::key);

    @Override
    public int compareTo(Name other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * A record as the servers have it.
   *
   * @param version 0 for one that was deleted
   * @param sequence of the message it is, 0 when there is none
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Known(Name name, long version, long sequence, byte[] bytes) {
    Registry.Item item() {
      return new Registry.Item(name.app, name.kind, name.key, version, bytes);
    }

    static Known none(Name name) {
      return new Known(name, 0, 0, new byte[0]);
    }

    static Known of(Stored stored) {
      Bytes.In in = new Bytes.In(stored.data());
      Name name = new Name(in.text(), in.text(), in.text());
      return new Known(name, in.number(), stored.sequence(), in.rest());
    }

    byte[] encode() {
      byte[] fields =
          new Bytes.Out().text(name.app).text(name.kind).text(name.key).number(version).all();
      byte[] all = Arrays.copyOf(fields, fields.length + bytes.length);
      System.arraycopy(bytes, 0, all, fields.length, bytes.length);
      return all;
    }
  }

  private record Waiting(long sequence, Runnable then) {}

  private final NavigableMap<Name, Known> items = new TreeMap<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final CopyOnWriteArrayList<Registry.Watcher> watchers = new CopyOnWriteArrayList<>();
  private long applied;
  private long bytes;

  /** All up to this is known here. */
  long applied() {
    return applied;
  }

  void apply(Stored stored) {
    if (stored.sequence() <= applied) {
      return;
    }
    Known known = Known.of(stored);
    boolean deleted = known.version == 0;
    Known before = deleted ? items.remove(known.name) : items.put(known.name, known);
    bytes += (deleted ? 0 : known.bytes.length) - (before == null ? 0 : before.bytes.length);
    for (Registry.Watcher watcher : watchers) {
      try {
        if (deleted) {
          watcher.deleted(known.name.app, known.name.kind, known.name.key);
        } else {
          watcher.changed(known.item());
        }
      } catch (RuntimeException e) {
        log.error("A watcher of the registry failed", e);
      }
    }
    reached(stored.sequence());
  }

  /** There is nothing up to this that is not known. */
  void reached(long sequence) {
    applied = Math.max(applied, sequence);
    List<Waiting> done = waiting.stream().filter(wait -> wait.sequence <= applied).toList();
    waiting.removeAll(done);
    done.forEach(wait -> wait.then.run());
  }

  void whenApplied(long sequence, Runnable then) {
    if (applied >= sequence) {
      then.run();
    } else {
      waiting.add(new Waiting(sequence, then));
    }
  }

  boolean awaited() {
    return !waiting.isEmpty();
  }

  boolean full() {
    return items.size() >= ITEMS_MAX || bytes >= BYTES_MAX;
  }

  @Nullable Known get(Name name) {
    return items.get(name);
  }

  List<Registry.Item> scan(Name from, int limit) {
    List<Registry.Item> found = new ArrayList<>();
    for (Known known : items.tailMap(from, true).values()) {
      if (found.size() >= limit
          || !known.name.app.equals(from.app)
          || !known.name.kind.equals(from.kind)
          || !known.name.key.startsWith(from.key)) {
        break;
      }
      found.add(known.item());
    }
    return found;
  }

  void watch(Registry.Watcher watcher) {
    watchers.add(watcher);
  }

  void unwatch(Registry.Watcher watcher) {
    watchers.remove(watcher);
  }
}

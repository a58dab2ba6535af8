package io.holdfast.channels;

import io.holdfast.fold.AnnotationRecord;
import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.PresenceRecord;
import io.holdfast.fold.RecordKind;
import io.holdfast.fold.Serial;
import io.holdfast.fold.StoredMessage;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.StoredRecord;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.PresenceMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads a channel's records in the order of their serials: what is in the store, overlaid with what
 * has changed since. Of the channel's lane.
 */
final class Pages {
  private static final int PAGE_BYTES = 4 * 1024 * 1024;

  private final Channel handle;
  private final Journal journal;
  private final ChannelState state;
  private final Storing storing;

  Pages(Channel handle, Journal journal, ChannelState state, Storing storing) {
    this.handle = handle;
    this.journal = journal;
    this.state = state;
    this.storing = storing;
  }

  void messages(HistoryQuery query, BiConsumer<Page<StoredMessage>, @Nullable Throwable> then) {
    new Scan<StoredMessage>(
            RecordKind.MESSAGE,
            query,
            StoredMessage::decode,
            state::unwrittenMessages,
            message -> message.message().timestamp(),
            StoredMessage::weight,
            then)
        .start();
  }

  void presence(HistoryQuery query, BiConsumer<Page<PresenceMessage>, @Nullable Throwable> then) {
    new Scan<PresenceMessage>(
            RecordKind.PRESENCE,
            query,
            PresenceRecord::decode,
            () -> {
              NavigableMap<String, PresenceMessage> events = new TreeMap<>();
              state
                  .unwrittenRecords(RecordKind.PRESENCE)
                  .forEach((key, bytes) -> events.put(key, PresenceRecord.decode(bytes)));
              return events;
            },
            PresenceMessage::timestamp,
            message -> 300 + (message.data() == null ? 0 : message.data().length()),
            then)
        .start();
  }

  /** The annotations of a message, oldest first. */
  void annotations(
      String serial,
      int limit,
      @Nullable String after,
      BiConsumer<Page<Annotation>, @Nullable Throwable> then) {
    String prefix = serial + "/";
    HistoryQuery query =
        new HistoryQuery(
            0,
            Long.MAX_VALUE,
            limit,
            Direction.FORWARDS,
            prefix + "~",
            after == null ? prefix : after);
    new Scan<Annotation>(
            RecordKind.ANNOTATION,
            query,
            AnnotationRecord::decode,
            () -> {
              NavigableMap<String, Annotation> annotations = new TreeMap<>();
              state
                  .unwrittenRecords(RecordKind.ANNOTATION)
                  .forEach((key, bytes) -> annotations.put(key, AnnotationRecord.decode(bytes)));
              return annotations;
            },
            Annotation::timestamp,
            annotation -> 300 + (annotation.data() == null ? 0 : annotation.data().length()),
            then)
        .start();
  }

  /** One page in the making. */
  private final class Scan<T> {
    private final RecordKind kind;
    private final HistoryQuery query;
    private final Function<byte[], T> decode;
    private final java.util.function.Supplier<NavigableMap<String, T>> overlay;
    private final ToLongFunction<T> time;
    private final java.util.function.ToIntFunction<T> weight;
    private final BiConsumer<Page<T>, @Nullable Throwable> then;
    private final List<T> items = new ArrayList<>();
    private final @Nullable String highest;
    private @Nullable String after;
    private long bytes;

    Scan(
        RecordKind kind,
        HistoryQuery query,
        Function<byte[], T> decode,
        java.util.function.Supplier<NavigableMap<String, T>> overlay,
        ToLongFunction<T> time,
        java.util.function.ToIntFunction<T> weight,
        BiConsumer<Page<T>, @Nullable Throwable> then) {
      this.kind = kind;
      this.query = query;
      this.decode = decode;
      this.overlay = overlay;
      this.time = time;
      this.weight = weight;
      this.then = then;
      this.highest = highest(query.upTo());
      this.after = query.after();
    }

    /** Bounds are by position, inclusive: everything at a cursor belongs to it. */
    private static @Nullable String highest(@Nullable String upTo) {
      Cursor cursor = upTo == null ? null : Cursor.parse(upTo);
      return cursor == null ? upTo : new Serial(cursor, Serial.MAX_ITEMS - 1).toString();
    }

    private boolean forwards() {
      return query.direction() == Direction.FORWARDS;
    }

    void start() {
      long epoch = storing.epoch();
      int wanted = query.limit() - items.size() + 2;
      String from = forwards() ? after : after == null ? highest : after;
      String until = forwards() ? highest : null;
      storing.read(
          () ->
              journal.scan(
                  handle.id(), kind.code(), from, until, query.direction(), wanted, PAGE_BYTES),
          (records, failure) -> {
            if (failure != null) {
              then.accept(new Page<>(List.of(), null), failure);
            } else if (epoch != storing.epoch()) {
              start();
            } else {
              merge(records, records.size() < wanted && !full(records));
            }
          });
    }

    private static boolean full(List<StoredRecord> records) {
      long read = 0;
      for (StoredRecord record : records) {
        read += record.bytes() == null ? 0 : record.bytes().length;
      }
      return read >= PAGE_BYTES;
    }

    /**
     * Takes what was read, with the overlay of the same range.
     *
     * @param exhausted whether the store has nothing beyond
     */
    private void merge(List<StoredRecord> records, boolean exhausted) {
      TreeMap<String, T> found = new TreeMap<>();
      for (StoredRecord record : records) {
        if (record.bytes() != null) {
          found.put(record.key(), decode.apply(record.bytes()));
        }
      }
      String edge = exhausted || records.isEmpty() ? null : records.getLast().key();
      found.putAll(range(overlay.get(), edge));
      NavigableMap<String, T> ordered = forwards() ? found : found.descendingMap();
      for (Map.Entry<String, T> entry : ordered.entrySet()) {
        if (entry.getKey().equals(after)) {
          continue;
        }
        if (take(entry.getKey(), entry.getValue())) {
          return;
        }
      }
      if (exhausted) {
        then.accept(new Page<>(items, null), null);
      } else {
        start();
      }
    }

    /** Tells whether the page is done, and everyone told. */
    private boolean take(String key, T item) {
      long when = time.applyAsLong(item);
      boolean beyond = forwards() ? when > query.end() : when < query.start();
      if (beyond) {
        then.accept(new Page<>(items, null), null);
        return true;
      }
      boolean wanted = when >= query.start() && when <= query.end();
      if (wanted && (items.size() == query.limit() || bytes > PAGE_BYTES)) {
        then.accept(new Page<>(items, after), null);
        return true;
      }
      if (wanted) {
        items.add(item);
        bytes += weight.applyAsInt(item);
      }
      after = key;
      return false;
    }

    /** The part of the overlay between the last key taken and the edge of what was read. */
    private NavigableMap<String, T> range(NavigableMap<String, T> all, @Nullable String edge) {
      NavigableMap<String, T> part = all;
      String low = forwards() ? after : edge;
      String high =
          forwards() ? (edge == null ? highest : edge) : (after == null ? highest : after);
      if (low != null) {
        part = part.tailMap(low, true);
      }
      if (high != null && (low == null || low.compareTo(high) <= 0)) {
        part = part.headMap(high, true);
      }
      return part;
    }
  }
}

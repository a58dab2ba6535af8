package io.holdfast.fold;

import io.holdfast.protocol.Annotation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Records that have changed since they were last written: what a read of the store must be overlaid
 * with, in the order of their keys, and what a checkpoint writes.
 */
final class Unwritten {
  private final Map<String, StoredMessage> messages = new LinkedHashMap<>();

  /** In order, once a read has asked for that; null when something has changed since. */
  private @Nullable NavigableMap<String, StoredMessage> inOrder;

  private final TreeMap<String, Raw> versions = new TreeMap<>();
  private final TreeMap<String, Raw> annotations = new TreeMap<>();
  private final TreeMap<String, Raw> presence = new TreeMap<>();
  private long weight;

  /** A record in its stored form and the position of the entry it comes from. */
  @SuppressWarnings("ArrayRecordComponent")
  record Raw(byte[] bytes, long position) {
    int weight() {
      return bytes.length + 150;
    }
  }

  @Nullable StoredMessage message(String serial) {
    return messages.get(serial);
  }

  void put(StoredMessage message) {
    StoredMessage old = messages.put(message.serial(), message);
    inOrder = null;
    weight += message.weight() - (old == null ? 0 : old.weight());
  }

  /** Puts aside the version that an entry replaces. */
  void archive(StoredMessage earlier, long position) {
    String key = earlier.serial() + '/' + earlier.version().serial();
    put(versions, key, new Raw(earlier.withoutTallies().encode(), position));
  }

  void putAnnotation(Annotation annotation, long position) {
    byte[] bytes = AnnotationRecord.encode(annotation);
    put(annotations, AnnotationRecord.key(annotation), new Raw(bytes, position));
  }

  void putPresence(String serial, byte[] bytes, long position) {
    put(presence, serial, new Raw(bytes, position));
  }

  private void put(Map<String, Raw> into, String key, Raw raw) {
    Raw old = into.put(key, raw);
    weight += raw.weight() - (old == null ? 0 : old.weight());
  }

  long weight() {
    return weight;
  }

  boolean isEmpty() {
    return messages.isEmpty() && versions.isEmpty() && annotations.isEmpty() && presence.isEmpty();
  }

  Map<String, StoredMessage> messages() {
    return messages;
  }

  NavigableMap<String, StoredMessage> messagesInOrder() {
    NavigableMap<String, StoredMessage> ordered = inOrder;
    if (ordered == null) {
      ordered = new TreeMap<>(messages);
      inOrder = ordered;
    }
    return ordered;
  }

  NavigableMap<String, Raw> versions() {
    return versions;
  }

  NavigableMap<String, Raw> annotations() {
    return annotations;
  }

  NavigableMap<String, Raw> presence() {
    return presence;
  }

  /** Everything, as it is to be written. */
  List<Checkpoint.Write> writes() {
    List<Checkpoint.Write> writes = new ArrayList<>();
    messages.forEach(
        (key, message) ->
            writes.add(new Checkpoint.Write(RecordKind.MESSAGE, key, message.encode())));
    versions.forEach(
        (key, raw) -> writes.add(new Checkpoint.Write(RecordKind.VERSION, key, raw.bytes())));
    annotations.forEach(
        (key, raw) -> writes.add(new Checkpoint.Write(RecordKind.ANNOTATION, key, raw.bytes())));
    presence.forEach(
        (key, raw) -> writes.add(new Checkpoint.Write(RecordKind.PRESENCE, key, raw.bytes())));
    return writes;
  }

  /** Forgets what was written through a position; tells {@code kept} of the messages among it. */
  void written(long through, Messages kept) {
    inOrder = null;
    var each = messages.values().iterator();
    while (each.hasNext()) {
      StoredMessage message = each.next();
      if (message.through() <= through) {
        each.remove();
        weight -= message.weight();
        kept.keep(message);
      }
    }
    drop(versions, through);
    drop(annotations, through);
    drop(presence, through);
  }

  private void drop(Map<String, Raw> from, long through) {
    var each = from.values().iterator();
    while (each.hasNext()) {
      Raw raw = each.next();
      if (raw.position() <= through) {
        each.remove();
        weight -= raw.weight();
      }
    }
  }
}

package io.holdfast.fold;

import io.holdfast.protocol.Data;
import io.holdfast.protocol.Extras;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.Version;
import java.util.Iterator;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The messages in memory: those changed since they were last written, which must stay, and those
 * read or written lately, which may go.
 */
final class Messages {
  private final Unwritten unwritten;
  private final LinkedHashMap<String, StoredMessage> recent = new LinkedHashMap<>(16, 0.75f, true);
  private long recentWeight;
  private long expiredBefore;

  Messages(Unwritten unwritten) {
    this.unwritten = unwritten;
  }

  @Nullable StoredMessage get(String serial) {
    StoredMessage changed = unwritten.message(serial);
    StoredMessage found = changed != null ? changed : recent.get(serial);
    return found == null || found.message().timestamp() < expiredBefore ? null : found;
  }

  /** Messages from before a time are taken for gone. */
  void expire(long before) {
    expiredBefore = Math.max(expiredBefore, before);
  }

  long expiredBefore() {
    return expiredBefore;
  }

  /** Takes in a message that was read; one that was changed meanwhile wins. */
  void load(StoredMessage message) {
    if (unwritten.message(message.serial()) == null) {
      keep(message);
    }
  }

  /** A new or changed message. */
  void put(StoredMessage message) {
    StoredMessage old = recent.remove(message.serial());
    if (old != null) {
      recentWeight -= old.weight();
    }
    unwritten.put(message);
  }

  /** A message now written, which may be forgotten from here on. */
  void keep(StoredMessage message) {
    StoredMessage old = recent.put(message.serial(), message);
    recentWeight += message.weight() - (old == null ? 0 : old.weight());
  }

  /** A message whose record is deleted. */
  void forget(String serial) {
    StoredMessage old = recent.remove(serial);
    recentWeight -= old == null ? 0 : old.weight();
  }

  void shrink(long maxWeight) {
    Iterator<StoredMessage> oldest = recent.values().iterator();
    while (recentWeight > maxWeight && oldest.hasNext()) {
      recentWeight -= oldest.next().weight();
      oldest.remove();
    }
  }

  long weight() {
    return recentWeight;
  }

  /**
   * The message an update or delete makes of {@code before}.
   *
   * @param early whether a delete takes the data away though it brings none
   */
  static StoredMessage mutated(
      StoredMessage before, Part.Mutate part, Version version, long position, boolean early) {
    Message old = before.message();
    Part.Change change = part.change();
    boolean emptied = early && part.action() == MessageAction.DELETE;
    boolean replaceData = emptied || change.data() != null;
    Data data = replaceData ? change.data() : old.data();
    Message message =
        new Message(
            part.action(),
            old.id(),
            change.name() == null ? old.name() : change.name(),
            data,
            replaceData ? change.encoding() : old.encoding(),
            old.clientId(),
            old.connectionId(),
            null,
            old.timestamp(),
            change.extras() == null ? old.extras() : change.extras(),
            old.serial(),
            version);
    return new StoredMessage(
        message,
        part.author().id(),
        part.author().connectionId(),
        position,
        before.versions() + 1,
        false,
        DataCost.of(data),
        before.tallies());
  }

  /** The message an append makes of {@code before}. */
  static StoredMessage appended(
      StoredMessage before, Part.Append part, @Nullable Data more, Version version, long position) {
    Message old = before.message();
    Part.Change change = part.change();
    Extras extras = change.extras() == null ? old.extras() : change.extras();
    Message message =
        new Message(
            MessageAction.UPDATE,
            old.id(),
            change.name() == null ? old.name() : change.name(),
            Growth.append(old.data(), more),
            old.data() == null || old.data().length() == 0
                ? firstEncoding(old, change)
                : old.encoding(),
            old.clientId(),
            old.connectionId(),
            null,
            old.timestamp(),
            extras,
            old.serial(),
            version);
    return new StoredMessage(
        message,
        part.author().id(),
        part.author().connectionId(),
        position,
        before.versions() + (before.revised() ? 1 : 0),
        true,
        before.dataCost() + DataCost.of(more),
        before.tallies());
  }

  private static @Nullable String firstEncoding(Message old, Part.Change change) {
    return change.encoding() == null ? old.encoding() : change.encoding();
  }
}

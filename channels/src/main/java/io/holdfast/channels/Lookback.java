package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.Entry;
import io.holdfast.fold.EntryCodec;
import io.holdfast.fold.Part;
import io.holdfast.fold.RecordKind;
import io.holdfast.fold.StoredMessage;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.StoredEntry;
import io.holdfast.journal.StoredRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds the messages that were annotated shortly before a place: a summary is told after what
 * follows the annotation may have gone out, so that a client which was at the place may not have
 * got it. Of the channel's lane.
 */
final class Lookback {
  /** More than a summary waits, whatever the lane has to do, ms. */
  private static final int WINDOW = 5_000;

  private static final int ENTRIES = 256;
  private static final int BYTES = 256 * 1024;

  private final Channel handle;
  private final Journal journal;
  private final ChannelState state;
  private final Storing storing;
  private final Recents recents;

  Lookback(Channel handle, Journal journal, ChannelState state, Storing storing, Recents recents) {
    this.handle = handle;
    this.journal = journal;
    this.state = state;
    this.storing = storing;
    this.recents = recents;
  }

  /** Gives the messages as they stand; at once if all that is needed is in memory. */
  void find(Cursor at, Consumer<List<StoredMessage>> then) {
    List<StoredMessage> recent = recents.annotatedBefore(at, WINDOW);
    if (recent != null) {
      then.accept(recent);
      return;
    }
    handle.when(
        journal.read(handle.id(), at.position() + 1, Direction.BACKWARDS, ENTRIES, BYTES),
        (entries, failure) -> {
          if (failure != null) {
            handle.crash(failure);
          } else {
            Set<String> targets = new LinkedHashSet<>();
            if (targets(entries, targets) || storing.keepsAll()) {
              load(targets, then);
            } else {
              newest(then);
            }
          }
        });
  }

  /** Collects what was annotated; tells whether the entries go back as far as they must. */
  private static boolean targets(List<StoredEntry> newestFirst, Set<String> targets) {
    for (StoredEntry stored : newestFirst) {
      if (stored.time() < newestFirst.getFirst().time() - WINDOW) {
        return true;
      }
      Entry entry = EntryCodec.decode(stored.bytes());
      for (Part part : entry.parts()) {
        if (part instanceof Part.Annotate annotate) {
          targets.add(annotate.target());
        }
      }
    }
    return false;
  }

  /** The log is too short to tell: the newest messages that have annotations at all. */
  private void newest(Consumer<List<StoredMessage>> then) {
    storing.read(
        () ->
            journal.scan(
                handle.id(),
                RecordKind.MESSAGE.code(),
                null,
                null,
                Direction.BACKWARDS,
                ENTRIES,
                BYTES),
        (records, failure) -> {
          if (failure != null) {
            handle.crash(failure);
            return;
          }
          Map<String, StoredMessage> messages = new LinkedHashMap<>();
          for (StoredRecord record : records) {
            if (record.bytes() != null) {
              messages.put(record.key(), StoredMessage.decode(record.bytes()));
            }
          }
          messages.putAll(state.unwrittenMessages());
          then.accept(messages.values().stream().filter(m -> m.summary() != null).toList());
        });
  }

  private void load(Set<String> targets, Consumer<List<StoredMessage>> then) {
    Map<String, StoredMessage> known = new LinkedHashMap<>();
    Set<String> missing = new LinkedHashSet<>();
    for (String target : targets) {
      StoredMessage here = state.message(target);
      if (here != null) {
        // kept, since it may leave memory while others are read
        known.put(target, here);
      } else {
        missing.add(target);
      }
    }
    Runnable found =
        () -> {
          List<StoredMessage> messages = new ArrayList<>();
          for (String target : targets) {
            StoredMessage now = state.message(target);
            StoredMessage message = now == null ? known.get(target) : now;
            if (message != null) {
              messages.add(message);
            }
          }
          then.accept(messages);
        };
    if (missing.isEmpty()) {
      found.run();
      return;
    }
    storing.messages(
        missing,
        (read, failure) -> {
          if (failure != null) {
            handle.crash(failure);
            return;
          }
          known.putAll(read);
          found.run();
        });
  }
}

package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Entry;
import io.holdfast.fold.Part;
import io.holdfast.fold.PresenceRecord;
import io.holdfast.fold.RecordKind;
import io.holdfast.fold.StoredMessage;
import io.holdfast.fold.Upkeep;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.StoredRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what is past its retention, oldest first and a page at a time: messages with their
 * versions and annotations, presence events, and a channel without members whose newest entry is
 * past it. Of the channel's lane.
 */
final class Expiring {
  private static final Logger LOG = LoggerFactory.getLogger(Expiring.class);
  private static final int PAGE = 200;
  private static final int PAGE_BYTES = 4 * 1024 * 1024;

  /** What has grown old waits for more for such a share of the retention, and ms at the most. */
  private static final int SHARE = 16;

  private static final long LATER_MAX = 60_000;

  private final Channel handle;
  private final Journal journal;
  private final ChannelState state;
  private final Storing storing;
  private final Elsewhere elsewhere;
  private final BooleanSupplier unused;
  private final Services services;
  private final Outbox outbox;
  private final ChannelId id;

  Expiring(
      Channel handle,
      Services services,
      ChannelState state,
      Storing storing,
      Outbox outbox,
      BooleanSupplier unused) {
    this.handle = handle;
    this.services = services;
    this.journal = services.journal();
    this.elsewhere = services.elsewhere();
    this.state = state;
    this.storing = storing;
    this.outbox = outbox;
    this.unused = unused;
    this.id = handle.id();
  }

  /**
   * Deletes what is from before a time, ms.
   *
   * @param objectsBefore shared objects that somebody has changed since keep their channel
   */
  void expire(long before, long objectsBefore) {
    // members are there until they leave, however long ago they came
    boolean kept = state.lastSaid() >= before || !state.members().isEmpty();
    if (kept || !unused.getAsBoolean()) {
      expireRecords(before);
    } else if (state.objectsLoaded()) {
      expireAll(before, state.upkeep().usedAt() >= objectsBefore && state.upkeep().usedAt() > 0);
    } else {
      handle.await(
          journal.get(id, RecordKind.UPKEEP.code(), ""),
          (bytes, failure) -> {
            if (failure != null) {
              LOG.warn("the objects of {} could not be read; tried again later", id, failure);
            } else {
              Upkeep upkeep = bytes == null ? null : Upkeep.decode(bytes);
              expireAll(
                  before,
                  upkeep != null && upkeep.usedAt() > 0 && upkeep.usedAt() >= objectsBefore);
            }
          });
    }
  }

  /** Deletes all, members too; where somebody still is, what goes without them. */
  void purge() {
    if (unused.getAsBoolean()) {
      expireAll(Long.MAX_VALUE, false);
    } else {
      expireRecords(Long.MAX_VALUE);
    }
  }

  private void expireAll(long before, boolean objectsKept) {
    if (objectsKept) {
      expireRecords(before);
      return;
    }
    handle.when(
        elsewhere.unused(id),
        (nobody, failure) -> {
          // it may be in use by now, here or there
          boolean old =
              before == Long.MAX_VALUE || (state.lastSaid() < before && state.members().isEmpty());
          if (failure == null && nobody && old && unused.getAsBoolean()) {
            delete(before);
          } else {
            expireRecords(before);
          }
        });
  }

  /** Deletes the channel as it is known here; what others have stored meanwhile keeps it. */
  private void delete(long before) {
    handle.await(
        journal.delete(id, state.end().position()),
        (gone, failure) -> {
          if (failure != null) {
            LOG.warn("channel {} could not be deleted; tried again later", id, failure);
          } else if (gone) {
            handle.leave();
          } else {
            expireRecords(before);
          }
        });
  }

  private void expireRecords(long before) {
    if (!storing.busy()) {
      if (journal.shared()) {
        expireForAll(before);
      }
      messages(journal.shared() ? Math.min(before, state.expiredBefore()) : before);
      page(
          RecordKind.PRESENCE,
          bytes -> PresenceRecord.decode(bytes).timestamp() < before,
          bytes -> false);
    }
  }

  private void messages(long before) {
    page(
        RecordKind.MESSAGE,
        bytes -> StoredMessage.timestamp(bytes) < before,
        bytes -> StoredMessage.decode(bytes).versions() > 0);
  }

  /**
   * Another node that has a message in memory must not change it any more once its record is gone.
   * So the log says first that it has expired; not for every message that has grown old since.
   */
  private void expireForAll(long before) {
    long kept = services.timers().now() - before;
    long soon = before - Math.clamp(kept / SHARE, 0, LATER_MAX);
    handle.when(
        journal.scan(
            id, RecordKind.MESSAGE.code(), null, null, Direction.FORWARDS, PAGE, PAGE_BYTES),
        (records, failure) -> {
          byte[] oldest = failure != null || records.isEmpty() ? null : records.getFirst().bytes();
          if (oldest != null
              && StoredMessage.timestamp(oldest) < soon
              && StoredMessage.timestamp(oldest) >= state.expiredBefore()
              && !outbox.says(Part.Expire.class::isInstance)) {
            outbox.add(new Queued.ToCommit(new Part.Expire(before), List.of()));
          }
        });
  }

  /** An entry of ours was applied. */
  void applied(Entry entry) {
    if (entry.parts().stream().anyMatch(Part.Expire.class::isInstance) && !storing.busy()) {
      messages(state.expiredBefore());
    }
  }

  private void page(RecordKind kind, Predicate<byte[]> isOld, Predicate<byte[]> hasVersions) {
    handle.when(
        journal.scan(id, kind.code(), null, null, Direction.FORWARDS, PAGE, PAGE_BYTES),
        (records, failure) -> {
          if (failure != null) {
            LOG.warn("old records of {} could not be read; tried again later", id, failure);
            return;
          }
          List<String> old = new ArrayList<>();
          Deque<String> versioned = new ArrayDeque<>();
          for (StoredRecord record : records) {
            byte[] bytes = record.bytes();
            // serials are in the order of time: the first young one ends the old
            if (bytes == null || !isOld.test(bytes)) {
              break;
            }
            // one that was just changed is written anew first, and goes with the next round
            if (!state.isUnwritten(record.key())) {
              old.add(record.key());
              if (hasVersions.test(bytes)) {
                versioned.add(record.key());
              }
            }
          }
          if (!old.isEmpty()) {
            // first what hangs on them: a crash in between must leave nothing that nobody finds
            Deque<String> annotated =
                kind == RecordKind.MESSAGE ? new ArrayDeque<>(old) : new ArrayDeque<>();
            Runnable last = () -> delete(kind, old, () -> page(kind, isOld, hasVersions));
            deleteUnder(
                RecordKind.VERSION,
                versioned,
                () -> deleteUnder(RecordKind.ANNOTATION, annotated, last));
          }
        });
  }

  private void delete(RecordKind kind, List<String> keys, Runnable then) {
    List<StoredRecord> deletes = new ArrayList<>();
    for (String key : keys) {
      // it may have been changed while its versions went
      if (!state.isUnwritten(key)) {
        deletes.add(new StoredRecord(kind.code(), key, null));
        if (kind == RecordKind.MESSAGE) {
          state.forget(key);
        }
      }
    }
    Runnable done =
        () -> {
          if (deletes.size() == keys.size()) {
            then.run();
          }
        };
    if (kind == RecordKind.MESSAGE) {
      // another node may have changed one of them since they were read; what has just been changed
      // is written with it, so that it is looked at again in the next round only
      storing.delete(deletes, keys.size() < PAGE ? () -> {} : done);
      return;
    }
    handle.when(
        journal.put(id, deletes),
        (nothing, failure) -> {
          if (failure != null) {
            LOG.warn("old records of {} could not be deleted; tried again later", id, failure);
          } else {
            done.run();
          }
        });
  }

  /** What is kept under messages' serials goes with them. */
  private void deleteUnder(RecordKind kind, Deque<String> messages, Runnable then) {
    String message = messages.peek();
    if (message == null) {
      then.run();
      return;
    }
    String from = message + "/";
    handle.when(
        journal.scan(id, kind.code(), from, from + "~", Direction.FORWARDS, PAGE, PAGE_BYTES),
        (records, failure) -> {
          if (failure != null) {
            LOG.warn(
                "what hangs on old messages of {} could not be read; tried again later",
                id,
                failure);
            return;
          }
          if (records.isEmpty()) {
            messages.poll();
            deleteUnder(kind, messages, then);
            return;
          }
          List<StoredRecord> deletes = new ArrayList<>();
          records.forEach(record -> deletes.add(new StoredRecord(kind.code(), record.key(), null)));
          handle.when(
              journal.put(id, deletes),
              (nothing, late) -> {
                if (late == null) {
                  deleteUnder(kind, messages, then);
                } else {
                  LOG.warn(
                      "what hangs on old messages of {} could not be deleted; tried later",
                      id,
                      late);
                }
              });
        });
  }
}

package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.PresenceRecord;
import io.holdfast.fold.RecordKind;
import io.holdfast.fold.StoredMessage;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what is past its retention, oldest first and a page at a time: messages with their
 * versions and annotations, presence events, and a channel whose newest entry is past it. Of the
 * channel's lane.
 */
final class Expiring {
  private static final Logger LOG = LoggerFactory.getLogger(Expiring.class);
  private static final int PAGE = 200;
  private static final int PAGE_BYTES = 4 * 1024 * 1024;

  private final Channel handle;
  private final Journal journal;
  private final ChannelState state;
  private final Storing storing;
  private final BooleanSupplier unused;
  private final ChannelId id;

  Expiring(
      Channel handle,
      Journal journal,
      ChannelState state,
      Storing storing,
      BooleanSupplier unused) {
    this.handle = handle;
    this.journal = journal;
    this.state = state;
    this.storing = storing;
    this.unused = unused;
    this.id = handle.id();
  }

  void expire(long before) {
    if (state.lastTime() < before && unused.getAsBoolean()) {
      handle.await(
          journal.delete(id),
          (nothing, failure) -> {
            if (failure != null) {
              LOG.warn("channel {} could not be deleted; tried again later", id, failure);
            } else {
              handle.leave();
            }
          });
      return;
    }
    if (!storing.busy()) {
      page(RecordKind.MESSAGE, before, bytes -> StoredMessage.decode(bytes).message().timestamp());
      page(RecordKind.PRESENCE, before, bytes -> PresenceRecord.decode(bytes).timestamp());
    }
  }

  private void page(RecordKind kind, long before, ToLongFunction<byte[]> time) {
    handle.when(
        journal.scan(id, kind.code(), null, null, Direction.FORWARDS, PAGE, PAGE_BYTES),
        (records, failure) -> {
          if (failure != null) {
            LOG.warn("old records of {} could not be read; tried again later", id, failure);
            return;
          }
          List<String> old = new ArrayList<>();
          for (StoredRecord record : records) {
            byte[] bytes = record.bytes();
            // serials are in the order of time: the first young one ends the old
            if (bytes == null || time.applyAsLong(bytes) >= before) {
              break;
            }
            if (!state.unwrittenMessages().containsKey(record.key())) {
              old.add(record.key());
            }
          }
          if (!old.isEmpty()) {
            delete(kind, old, () -> page(kind, before, time));
          }
        });
  }

  private void delete(RecordKind kind, List<String> keys, Runnable then) {
    List<StoredRecord> deletes = new ArrayList<>();
    for (String key : keys) {
      deletes.add(new StoredRecord(kind.code(), key, null));
      if (kind == RecordKind.MESSAGE) {
        state.forget(key);
      }
    }
    handle.when(
        journal.put(id, deletes),
        (nothing, failure) -> {
          if (failure != null) {
            LOG.warn("old records of {} could not be deleted; tried again later", id, failure);
          } else if (kind == RecordKind.MESSAGE) {
            String last = keys.getLast();
            deleteUnder(
                RecordKind.VERSION, last, () -> deleteUnder(RecordKind.ANNOTATION, last, then));
          } else {
            then.run();
          }
        });
  }

  /** What is kept under messages' serials is in their order. */
  private void deleteUnder(RecordKind kind, String through, Runnable then) {
    handle.when(
        journal.scan(id, kind.code(), null, through + "~", Direction.FORWARDS, PAGE, PAGE_BYTES),
        (records, failure) -> {
          if (failure != null || records.isEmpty()) {
            then.run();
            return;
          }
          List<StoredRecord> deletes = new ArrayList<>();
          records.forEach(record -> deletes.add(new StoredRecord(kind.code(), record.key(), null)));
          handle.when(
              journal.put(id, deletes),
              (nothing, late) -> {
                if (late == null) {
                  deleteUnder(kind, through, then);
                }
              });
        });
  }
}

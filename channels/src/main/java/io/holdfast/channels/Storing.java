package io.holdfast.channels;

import io.holdfast.fold.ChannelManifest;
import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Checkpoint;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.RecordKind;
import io.holdfast.fold.StoredMessage;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.Manifest;
import io.holdfast.journal.StoredRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a channel's folded state to the store, records and manifest at once, and knows what other
 * nodes have moved there. Of the channel's lane.
 */
final class Storing {
  private static final Logger LOG = LoggerFactory.getLogger(Storing.class);
  private static final int VERSIONS_KEPT = 100;

  /** A log's tail that is read in a moment, bytes. */
  private static final int SETTLED = 64 * 1024;

  /** A checkpoint writes so many times what came since the one before. */
  private static final int WORTH = 2;

  /** So many times the limit may be unwritten while that is awaited. */
  private static final int MOST = 8;

  private static final int VERSIONS_BYTES = 16 * 1024 * 1024;

  /** A node whose turn it is not waits until so many times less than the limit are over it. */
  private static final int LATER = 4;

  /** As often such a node looks whether another one has written, ms. */
  private static final int LOOKED_AGAIN = 20;

  /** What could not be written is tried again after this long, ms. */
  private static final int RETRY = 1_000;

  private final Channel handle;
  private final Services services;
  private final ChannelState state;
  private final Journal journal;
  private final ChannelId id;

  /**
   * So many bytes of changed records are written. Channels that are as busy as one another differ
   * in it, or all of them would write at once, again and again.
   */
  private final long limit;

  private long manifestVersion;
  private long trimmed;
  private boolean busy;
  private long epoch;
  private long retryAt;

  /** Bytes of entries since what was written last: who opens the channel anew reads them again. */
  private long tail;

  /** Bytes of records that the last checkpoint wrote. */
  private long wrote;

  /** What the durable manifest says; {@link #trimmed} is ahead of it while one is written. */
  private long named;

  /** What another node has written, folded from more entries than this one has seen. */
  private @Nullable Manifest ahead;

  /** What waits for those entries; bounded by what clients may ask. */
  private final List<Runnable> behind = new ArrayList<>(0);

  Storing(
      Channel handle, Services services, ChannelState state, long manifestVersion, long trimmed) {
    this.handle = handle;
    this.services = services;
    this.state = state;
    this.journal = services.journal();
    this.id = handle.id();
    long most = services.settings().checkpointBytes();
    this.limit = most - most / 3 * (id.hashCode() & 0xff) / 0x100;
    this.manifestVersion = manifestVersion;
    this.trimmed = trimmed;
    this.named = trimmed;
  }

  /** An entry was folded. */
  void folded(int bytes) {
    tail += bytes;
    if (ahead != null) {
      stored(ahead);
    }
  }

  /** Writes the records that have changed, if there is enough of them or of the log behind them. */
  void checkpointIfDue() {
    if (!isDue(limit) || busy) {
      return;
    }
    // of several nodes that have the channel one writes, the next only if that one does not
    int turn = journal.shared() ? services.nodes().rank(id.toString()) : 0;
    if (turn == 0) {
      checkpoint();
    } else if (isDue(limit + turn * limit / LATER) && services.timers().now() >= retryAt) {
      busy = true;
      retryAt = services.timers().now() + LOOKED_AGAIN;
      refresh(
          () -> {
            busy = false;
            // while another is ahead there is nothing to write, and no use in asking again at once
            if (isDue(limit) && ahead == null) {
              retryAt = 0;
              checkpoint();
            }
          },
          this::failed);
    }
  }

  /**
   * Messages that grow are written whole each time. So what is written stays in proportion to what
   * came since, unless a great deal is in memory only.
   */
  private boolean isDue(long limit) {
    long unwritten = state.unwrittenWeight();
    boolean much = unwritten > limit || tail > 2 * limit;
    return much && (tail >= wrote / WORTH || unwritten > MOST * limit);
  }

  /** Whether nothing was ever deleted from the log. */
  boolean keepsAll() {
    return trimmed == 0;
  }

  /** Whether everything after a place is still in the log. */
  boolean keepsAllAfter(Cursor place) {
    return trimmed == 0 || place.position() > trimmed;
  }

  boolean busy() {
    return busy;
  }

  /** The version of the newest manifest that is known. */
  long version() {
    return manifestVersion;
  }

  /** Goes up when records leave the overlay: a read that spans this must begin again. */
  long epoch() {
    return epoch;
  }

  /** Writes the records that have changed. */
  void checkpoint() {
    // what is written while another node is ahead would only be refused
    if (!busy && ahead == null && services.timers().now() >= retryAt) {
      busy = true;
      write(trimmed, List.of(), () -> busy = false);
    }
  }

  /** Writes what would take a while to read again, as before a stop. */
  void settle(Runnable done) {
    // where others have the channel too they write it
    if (journal.shared() || tail < SETTLED || !begin()) {
      done.run();
      return;
    }
    write(
        trimmed,
        List.of(),
        () -> {
          busy = false;
          done.run();
        });
  }

  /** Entries up to here are gone, or about to go. */
  long trimmed() {
    return trimmed;
  }

  /** What the durable manifest says of that; what it names may be deleted. */
  long named() {
    return named;
  }

  /** Begins work that no other may go beside; false while some is under way. */
  boolean begin() {
    boolean may = !busy;
    busy = true;
    return may;
  }

  /** That work is done. */
  void end() {
    busy = false;
  }

  /** Writes what has changed, and that entries up to a position may go. Of work that was begun. */
  void writeTrimmed(long through, Runnable then) {
    write(through, List.of(), then);
  }

  /** Deletes records, with what has changed written at once: nobody else's newer ones. */
  void delete(List<StoredRecord> deletes, Runnable then) {
    if (!busy) {
      busy = true;
      write(
          trimmed,
          deletes,
          () -> {
            busy = false;
            then.run();
          });
    }
  }

  private void write(long trim, List<StoredRecord> deletes, Runnable then) {
    long written = tail;
    long expected = manifestVersion;
    Checkpoint checkpoint = state.checkpoint();
    byte[] manifest = state.manifest(trim, checkpoint).encode();
    // nobody may resume from what is about to go
    trimmed = Math.max(trimmed, trim);
    List<StoredRecord> records = new ArrayList<>(deletes);
    long bytes = checkpoint.bytes();
    List<StoredMessage> crowded = new ArrayList<>();
    for (Checkpoint.Write write : checkpoint.records()) {
      records.add(new StoredRecord(write.kind().code(), write.key(), write.bytes()));
    }
    state
        .unwrittenMessages()
        .values()
        .forEach(
            message -> {
              if (message.versions() > VERSIONS_KEPT) {
                crowded.add(message);
              }
            });
    handle.when(
        journal.write(id, expected, records, manifest),
        (set, failure) -> {
          if (failure != null) {
            failed(failure);
          } else if (!set) {
            overtaken();
          } else {
            tail -= Math.min(tail, written);
            wrote = bytes;
            stored(new Manifest(Manifest.after(expected), manifest));
            crowded.forEach(this::dropOldVersions);
            then.run();
          }
        });
  }

  /** Somebody else wrote meanwhile, or it was written before and nobody could tell. */
  private void overtaken() {
    trimmed = named;
    busy = false;
    retryAt = services.timers().now() + LOOKED_AGAIN;
    learn(() -> {}, this::failed);
  }

  /**
   * Learns what others have written; at once where there are no others.
   *
   * @param unread hears why it cannot be read
   */
  void refresh(Runnable then, Consumer<Throwable> unread) {
    if (journal.shared()) {
      learn(then, unread);
    } else {
      then.run();
    }
  }

  private void learn(Runnable then, Consumer<Throwable> unread) {
    long known = manifestVersion;
    handle.when(
        journal.manifest(id),
        (manifest, failure) -> {
          if (failure != null) {
            unread.accept(failure);
          } else if (learn(manifest, known)) {
            then.run();
          }
        });
  }

  /**
   * What was read of the manifest.
   *
   * @param known the version that was known when the reading began
   * @return whether the channel still is what was folded here
   */
  boolean learn(Manifest manifest, long known) {
    if (manifest.version() < known) {
      handle.deleted();
      return false;
    }
    if (manifest.version() > manifestVersion) {
      stored(manifest);
      tail = ahead == null ? 0 : tail;
    }
    return true;
  }

  /**
   * Looks, once the log has been read, whether all of it was still there. The channel waits
   * meanwhile.
   *
   * @param from where the reading began
   * @param then told how far the records are by now, which may be further than the log was read
   */
  void confirm(long from, LongConsumer then) {
    handle.await(
        journal.manifest(id),
        (manifest, failure) -> {
          if (failure != null) {
            handle.crash(failure);
            return;
          }
          ChannelManifest says = ChannelManifest.decode(manifest.bytes());
          if (says.trimmed() > from) {
            handle.crash(new IllegalStateException(id + " was shortened while it was opened"));
          } else if (learn(manifest, manifestVersion)) {
            then.accept(says.through());
          }
        });
  }

  /** What the store has by now. */
  private void stored(Manifest manifest) {
    if (manifest.version() <= manifestVersion) {
      return;
    }
    ChannelManifest says = ChannelManifest.decode(manifest.bytes());
    if (says.trimmed() > state.end().position()) {
      handle.crash(new IllegalStateException(id + " has been shortened past where this node is"));
      return;
    }
    // at once: the entries may go at any time
    named = Math.max(named, says.trimmed());
    trimmed = Math.max(trimmed, named);
    if (says.through() > state.end().position()) {
      ahead = manifest;
      return;
    }
    ahead = null;
    manifestVersion = manifest.version();
    state.written(says.through());
    state.trimmed(says.trimmed());
    epoch++;
    List<Runnable> waiting = List.copyOf(behind);
    behind.clear();
    waiting.forEach(Runnable::run);
  }

  /**
   * Reads records. Where others write too, it is read again if they have written meanwhile, once
   * the fold has come as far as they had: what is told must not be ahead of what was delivered.
   */
  <T extends @Nullable Object> void read(
      Supplier<CompletableFuture<T>> reading, BiConsumer<T, @Nullable Throwable> then) {
    CompletableFuture<T> read = reading.get();
    if (!journal.shared()) {
      handle.when(read, then);
      return;
    }
    long known = manifestVersion;
    long before = epoch;
    handle.when(
        read.thenCombine(read.thenCompose(value -> journal.manifest(id)), Checked::new),
        (checked, failure) -> {
          if (failure != null) {
            then.accept(null, failure);
          } else if (checked.manifest.version() == manifestVersion && epoch == before) {
            then.accept(checked.value, null);
          } else if (learn(checked.manifest, known)) {
            whenAbreast(() -> read(reading, then));
          }
        });
  }

  /** Reads messages by their serials; those that are not there are left out. */
  void messages(
      Collection<String> serials,
      BiConsumer<Map<String, StoredMessage>, @Nullable Throwable> then) {
    if (serials.isEmpty()) {
      handle.when(CompletableFuture.completedFuture(Map.of()), then);
    } else {
      read(() -> stored(serials), then);
    }
  }

  private CompletableFuture<Map<String, StoredMessage>> stored(Collection<String> serials) {
    Map<String, CompletableFuture<byte @Nullable []>> reads = new LinkedHashMap<>();
    for (String serial : serials) {
      reads.put(serial, journal.get(id, RecordKind.MESSAGE.code(), serial));
    }
    return CompletableFuture.allOf(reads.values().toArray(CompletableFuture[]::new))
        .thenApply(
            nothing -> {
              Map<String, StoredMessage> found = new LinkedHashMap<>();
              reads.forEach(
                  (serial, read) -> {
                    byte[] bytes = read.join();
                    if (bytes != null) {
                      found.put(serial, StoredMessage.decode(bytes));
                    }
                  });
              return found;
            });
  }

  /** What was read, and what the manifest said after it. */
  private record Checked<T extends @Nullable Object>(T value, Manifest manifest) {}

  /** Once the fold is as far as what is known to be in the store. */
  private void whenAbreast(Runnable then) {
    if (ahead == null) {
      then.run();
    } else {
      behind.add(then);
    }
  }

  /** Work that was begun has failed. */
  void failed(Throwable failure) {
    // nothing was deleted and nothing says that it may be
    trimmed = named;
    busy = false;
    retryAt = services.timers().now() + RETRY;
    LOG.warn("the records of {} could not be written; they will be later", id, failure);
  }

  /** Keeps the newest versions of a message. */
  private void dropOldVersions(StoredMessage message) {
    int excess = message.versions() - VERSIONS_KEPT;
    String prefix = message.serial() + "/";
    byte kind = RecordKind.VERSION.code();
    handle.when(
        journal.scan(
            id, kind, prefix, prefix + "~", Direction.FORWARDS, message.versions(), VERSIONS_BYTES),
        (versions, failure) -> {
          if (failure != null || versions.size() <= VERSIONS_KEPT) {
            return;
          }
          List<StoredRecord> deletes = new ArrayList<>();
          for (StoredRecord version :
              versions.subList(0, Math.min(excess, versions.size() - VERSIONS_KEPT))) {
            deletes.add(new StoredRecord(kind, version.key(), null));
          }
          handle.when(
              journal.put(id, deletes),
              (nothing, late) -> {
                if (late != null) {
                  LOG.warn("old versions in {} could not be deleted; they will be later", id, late);
                }
              });
        });
  }
}

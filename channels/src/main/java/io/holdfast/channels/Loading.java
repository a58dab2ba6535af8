package io.holdfast.channels;

import io.holdfast.fold.ChannelManifest;
import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Entry;
import io.holdfast.fold.RecordKind;
import io.holdfast.fold.StoredMessage;
import io.holdfast.fold.StoredObjects;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.Manifest;
import io.holdfast.journal.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings what the fold needs into memory, the channel waiting meanwhile and its lane going on.
 * Whoever asks says what is to happen after the channel's end if it cannot be read. Of the
 * channel's lane.
 */
final class Loading {
  private static final int PAGE = 2_000;
  private static final int PAGE_BYTES = 256 * 1024;

  private final Channel handle;
  private final Journal journal;
  private final ChannelId id;
  private final ChannelState state;

  Loading(Channel handle, Services services, ChannelState state) {
    this.handle = handle;
    this.journal = services.journal();
    this.id = handle.id();
    this.state = state;
  }

  /** All that an entry changes. */
  void whatIsChanged(Entry entry, Runnable then) {
    if (state.lacksObjects(entry)) {
      objects(() -> whatIsChanged(entry, then), () -> {});
      return;
    }
    Set<String> missing = state.missing(entry);
    if (missing.isEmpty()) {
      then.run();
    } else {
      // what is not there may have been deleted by a node that has folded further
      messages(missing, all -> (all ? then : unlessOutrun(then)).run(), () -> {});
    }
  }

  /** Messages by their serials. */
  void messages(Set<String> serials, Runnable then, Runnable failed) {
    messages(serials, all -> then.run(), failed);
  }

  private void messages(Set<String> serials, Consumer<Boolean> then, Runnable failed) {
    List<CompletableFuture<byte @Nullable []>> reads = new ArrayList<>();
    for (String serial : serials) {
      reads.add(journal.get(id, RecordKind.MESSAGE.code(), serial));
    }
    handle.await(
        CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new)),
        (nothing, failure) -> {
          if (failure != null) {
            handle.crash(failure);
            failed.run();
            return;
          }
          boolean all = true;
          for (CompletableFuture<byte @Nullable []> read : reads) {
            byte[] bytes = read.join();
            all &= bytes != null;
            if (bytes != null) {
              StoredMessage message = StoredMessage.decode(bytes);
              if (!fits(message.through())) {
                failed.run();
                return;
              }
              state.load(message);
            }
          }
          then.accept(all || !journal.shared());
        });
  }

  private Runnable unlessOutrun(Runnable then) {
    return () ->
        handle.await(
            journal.manifest(id),
            (manifest, failure) -> {
              if (failure != null) {
                handle.crash(failure);
              } else if (fits(ChannelManifest.decode(manifest.bytes()).through())) {
                then.run();
              }
            });
  }

  /** Whether records are no further than the fold; else the channel begins anew. */
  private boolean fits(long through) {
    boolean fits = !journal.shared() || through <= state.end().position();
    if (!fits) {
      handle.outrun();
    }
    return fits;
  }

  /** The shared objects, page by page. */
  void objects(Runnable then, Runnable failed) {
    if (state.objectsLoaded()) {
      then.run();
    } else {
      new Objects(then, failed).start();
    }
  }

  /** A reading of the shared objects under way. */
  private final class Objects {
    private final StoredObjects read = new StoredObjects();
    private final Runnable then;
    private final Runnable failed;
    private RecordKind kind = RecordKind.UPKEEP;
    private boolean found;
    private Manifest before = Manifest.NONE;

    Objects(Runnable then, Runnable failed) {
      this.then = then;
      this.failed = failed;
    }

    /** Where others write too, what is read in pages may be of different times. */
    private void start() {
      if (journal.shared()) {
        manifest(
            manifest -> {
              before = manifest;
              next(null);
            });
      } else {
        next(null);
      }
    }

    private void manifest(Consumer<Manifest> use) {
      handle.await(
          journal.manifest(id),
          (manifest, failure) -> {
            if (failure == null) {
              use.accept(manifest);
            } else {
              handle.crash(failure);
              failed.run();
            }
          });
    }

    private void next(@Nullable String after) {
      handle.await(
          journal.scan(id, kind.code(), after, null, Direction.FORWARDS, PAGE, PAGE_BYTES),
          (records, failure) -> {
            if (failure == null) {
              page(records, after);
            } else {
              handle.crash(failure);
              failed.run();
            }
          });
    }

    private void page(List<StoredRecord> records, @Nullable String after) {
      String last = after;
      for (StoredRecord record : records) {
        byte[] bytes = record.bytes();
        // a page begins with the last record of the one before
        if (bytes != null && !record.key().equals(after)) {
          read.add(kind, record.key(), bytes);
          last = record.key();
          found = true;
        }
      }
      boolean more = last != null && !last.equals(after);
      if (more) {
        next(last);
      } else if (kind == RecordKind.UPKEEP) {
        kind = RecordKind.OBJECT;
        next(null);
      } else if (kind == RecordKind.OBJECT && found) {
        kind = RecordKind.OBJECT_ENTRY;
        next(null);
      } else if (journal.shared()) {
        manifest(this::whole);
      } else {
        loaded();
      }
    }

    private void whole(Manifest after) {
      if (after.version() != before.version()) {
        objects(then, failed);
      } else if (fits(ChannelManifest.decode(after.bytes()).through())) {
        loaded();
      } else {
        failed.run();
      }
    }

    private void loaded() {
      state.loadObjects(read);
      then.run();
    }
  }
}

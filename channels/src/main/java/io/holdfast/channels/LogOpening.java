package io.holdfast.channels;

import io.holdfast.fold.ChannelManifest;
import io.holdfast.fold.ChannelState;
import io.holdfast.fold.RecordKind;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.Manifest;
import io.holdfast.journal.StoredEntry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Opens a channel from what is stored: manifest and members first, then the log's tail. */
final class LogOpening implements Opening {
  private final Services services;

  LogOpening(Services services) {
    this.services = services;
  }

  /**
   * What is stored of a channel.
   *
   * @param first the first entry's position, 0 for an empty log
   * @param end see {@link Journal#end}
   * @param deletedThrough see {@link Journal#deletedThrough}
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Stored(
      Manifest manifest,
      byte @Nullable [] members,
      byte @Nullable [] state,
      long first,
      long end,
      long deletedThrough) {

    /** Entries up to here may be gone. */
    long gone(ChannelManifest named) {
      if (manifest.version() > 0) {
        return named.trimmed();
      }
      if (manifest.deletedAt() > 0) {
        return manifest.deletedAt();
      }
      // the channel may have been deleted and made again: what came before its first entry is gone
      long begins = first == 0 ? deletedThrough : Math.min(first, deletedThrough);
      return Math.max(0, begins - 1);
    }

    /** What a log begins behind of which nothing is folded; 0 for one that was always there. */
    long beginsAfter(ChannelManifest named) {
      if (first == 0 && end > Math.max(named.through(), manifest.deletedAt())) {
        // a deletion that nobody has seen through: it is to be told, whatever was deleted since
        return manifest.deletedAt();
      }
      return first == 0 ? Math.max(deletedThrough, manifest.deletedAt()) : manifest.deletedAt();
    }
  }

  @Override
  public void open(Channel handle) {
    Journal journal = services.journal();
    ChannelId id = handle.id();
    CompletableFuture<Manifest> manifest = journal.manifest(id);
    // asked at once, records may be read before somebody's write and the manifest after it: then
    // the manifest is the same when it is read again, and the records are older than it says
    CompletableFuture<?> before = shared() ? manifest : CompletableFuture.completedFuture(null);
    CompletableFuture<byte @Nullable []> members =
        before.thenCompose(read -> journal.get(id, RecordKind.MEMBERS.code(), ""));
    CompletableFuture<byte @Nullable []> state =
        before.thenCompose(read -> journal.get(id, RecordKind.STATE.code(), ""));
    CompletableFuture<List<StoredEntry>> first = journal.read(id, 0, Direction.FORWARDS, 1, 1);
    CompletableFuture<Long> end = journal.end(id);
    CompletableFuture<Long> deleted = journal.deletedThrough();
    handle.await(
        CompletableFuture.allOf(manifest, members, state, first, end, deleted),
        (nothing, failure) -> {
          if (failure != null) {
            handle.crash(failure);
          } else {
            long begins = first.join().isEmpty() ? 0 : first.join().getFirst().position();
            whole(
                handle,
                new Stored(
                    manifest.join(),
                    members.join(),
                    state.join(),
                    begins,
                    end.join(),
                    deleted.join()));
          }
        });
  }

  /** Where others write too, what was read may be of different times; then it is read again. */
  private void whole(Channel handle, Stored stored) {
    if (!shared()) {
      begin(handle, stored);
      return;
    }
    CompletableFuture<Boolean> same =
        services
            .journal()
            .manifest(handle.id())
            .thenApply(manifest -> manifest.version() == stored.manifest().version());
    handle.await(
        same.thenCombine(stillEmpty(handle.id(), stored), Boolean::logicalAnd),
        (whole, failure) -> {
          if (failure != null) {
            handle.crash(failure);
          } else if (whole) {
            begin(handle, stored);
          } else {
            open(handle);
          }
        });
  }

  /**
   * Whether there still is no entry in a log that had none. Then those to come are behind the last
   * deletion that was known before.
   */
  private CompletableFuture<Boolean> stillEmpty(ChannelId id, Stored stored) {
    if (stored.first() != 0) {
      return CompletableFuture.completedFuture(true);
    }
    return stored.end() == 0
        ? services.journal().end(id).thenApply(end -> end == 0)
        : services.journal().read(id, 0, Direction.FORWARDS, 1, 1).thenApply(List::isEmpty);
  }

  private void begin(Channel handle, Stored stored) {
    Journal journal = services.journal();
    ChannelManifest manifest = ChannelManifest.decode(stored.manifest().bytes());
    ChannelState state =
        new ChannelState(journal.generation(), services.limits().apply(handle.id()));
    state.restore(manifest, stored.members(), stored.state());
    state.beginAfter(stored.beginsAfter(manifest));
    long version = stored.manifest().version();
    Storing storing = new Storing(handle, services, state, version, stored.gone(manifest));
    OpenChannel open = new OpenChannel(handle, services, state, storing);
    handle.opened(open);
    Journal.Follower follower =
        new Journal.Follower() {
          @Override
          public void entry(StoredEntry entry) {
            handle.entry(entry);
          }

          @Override
          public void deleted(long position) {
            handle.deletion(position);
          }

          @Override
          public void lost(JournalException why) {
            handle.lost(open, why);
          }
        };
    open.follow(journal.follow(handle.id(), state.end().position(), follower), stored.end());
  }

  @Override
  public boolean shared() {
    return services.journal().shared();
  }

  @Override
  public CompletableFuture<Written> written(ChannelId channel) {
    return services
        .journal()
        .end(channel)
        .thenCombine(services.journal().manifest(channel), Written::new);
  }

  @Override
  public void later(long ms, Runnable task) {
    if (ms == 0) {
      task.run();
    } else {
      services.timers().after(ms, task);
    }
  }
}

package io.holdfast.channels;

import io.holdfast.fold.ChannelManifest;
import io.holdfast.fold.ChannelState;
import io.holdfast.fold.RecordKind;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.Manifest;
import io.holdfast.journal.StoredEntry;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Opens a channel from what is stored: manifest and members first, then the log's tail. */
final class LogOpening implements Opening {
  private final Services services;

  LogOpening(Services services) {
    this.services = services;
  }

  @Override
  public void open(Channel handle) {
    Journal journal = services.journal();
    ChannelId id = handle.id();
    CompletableFuture<Manifest> manifest = journal.manifest(id);
    CompletableFuture<byte @Nullable []> members = journal.get(id, RecordKind.MEMBERS.code(), "");
    CompletableFuture<byte @Nullable []> state = journal.get(id, RecordKind.STATE.code(), "");
    CompletableFuture<Long> end = journal.end(id);
    handle.await(
        CompletableFuture.allOf(manifest, members, state, end),
        (nothing, failure) -> {
          if (failure != null) {
            handle.crash(failure);
          } else {
            begin(handle, manifest.join(), members.join(), state.join(), end.join());
          }
        });
  }

  private void begin(
      Channel handle,
      Manifest stored,
      byte @Nullable [] members,
      byte @Nullable [] folded,
      long end) {
    Journal journal = services.journal();
    ChannelManifest manifest = ChannelManifest.decode(stored.bytes());
    ChannelState state =
        new ChannelState(journal.generation(), services.limits().apply(handle.id()));
    state.restore(manifest, members, folded);
    Storing storing = new Storing(handle, services, state, stored.version(), manifest.trimmed());
    OpenChannel open = new OpenChannel(handle, services, state, storing);
    handle.opened(open);
    Journal.Follower follower =
        new Journal.Follower() {
          @Override
          public void entry(StoredEntry entry) {
            handle.entry(entry);
          }

          @Override
          public void lost(JournalException why) {
            handle.offer(lost -> handle.crash(why));
          }
        };
    open.follow(journal.follow(handle.id(), state.end().position(), follower), end);
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

package io.holdfast.journalnats;

import static io.holdfast.journal.Futures.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Journal;
import io.holdfast.journal.Manifest;
import io.holdfast.journal.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deletions that somebody hears of late. */
class DeletionsTest {
  private static final ChannelId CHANNEL = new ChannelId("app", "a");

  @TempDir Path directory;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** As when the time is over for which a deletion is remembered. */
  private static void forget(NatsJournal.Parts parts) {
    Subjects.OfChannel channel = parts.subjects().of(CHANNEL);
    for (String subject : List.of(channel.entries(), channel.head())) {
      String body = "{\"filter\":\"" + subject + "\"}";
      String verb = "STREAM.PURGE." + parts.subjects().stream();
      await(parts.admission().take(0, () -> parts.api().call(verb, body)));
    }
  }

  private static void seeThrough(NatsJournal.Parts parts, long position) {
    Subjects.OfChannel channel = parts.subjects().of(CHANNEL);
    await(
        parts
            .admission()
            .take(0, () -> parts.deletions().seeThrough(channel, position).thenApply(_ -> true)));
  }

  @Test
  void whoHearsOfADeletionThatIsForgottenLeavesTheChannelThatWasMadeSince() {
    try (NatsServers servers = NatsServers.fast(directory, 1);
        NatsStore store = NatsStore.open(servers.options())) {
      Journal journal = store.journal();
      NatsJournal.Parts parts = ((NatsJournal) journal).parts();
      await(journal.append(CHANNEL, bytes("old"), "1"));
      assertTrue(await(journal.delete(CHANNEL, Long.MAX_VALUE)));
      long deletion = -await(journal.manifest(CHANNEL)).version();
      forget(parts);
      await(journal.append(CHANNEL, bytes("new"), "2"));
      StoredRecord record = new StoredRecord((byte) 1, "m", bytes("kept"));
      assertTrue(await(journal.write(CHANNEL, 0, List.of(record), bytes("manifest"))));
      seeThrough(parts, deletion);
      Manifest manifest = await(journal.manifest(CHANNEL));
      assertArrayEquals(bytes("manifest"), manifest.bytes());
      assertArrayEquals(bytes("kept"), await(journal.get(CHANNEL, (byte) 1, "m")));
    }
  }

  @Test
  void whoHearsOfADeletionThatNobodyHasSeenThroughDoesSo() {
    try (NatsServers servers = NatsServers.fast(directory, 1);
        NatsStore store = NatsStore.open(servers.options())) {
      Journal journal = store.journal();
      NatsJournal.Parts parts = ((NatsJournal) journal).parts();
      await(journal.append(CHANNEL, bytes("old"), "1"));
      assertTrue(await(journal.delete(CHANNEL, Long.MAX_VALUE)));
      long deletion = -await(journal.manifest(CHANNEL)).version();
      // the head is that of before, as when who began was killed in between
      Subjects.OfChannel channel = parts.subjects().of(CHANNEL);
      await(
          parts
              .admission()
              .take(
                  0,
                  () ->
                      parts
                          .heads()
                          .change(
                              channel,
                              (head, _) ->
                                  CompletableFuture.completedFuture(
                                      Head.none(CHANNEL).withManifest(bytes("before"))))));
      assertArrayEquals(bytes("before"), await(journal.manifest(CHANNEL)).bytes());
      seeThrough(parts, deletion);
      assertEquals(-deletion, await(journal.manifest(CHANNEL)).version());
    }
  }
}

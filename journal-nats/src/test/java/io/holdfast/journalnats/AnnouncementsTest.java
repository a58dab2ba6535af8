package io.holdfast.journalnats;

import static io.holdfast.journal.Futures.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Futures;
import io.holdfast.journal.Recording;
import io.holdfast.journal.StoredEntry;
import io.holdfast.journal.StoredRecord;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes, where announcements and servers get lost. */
class AnnouncementsTest {
  private static final ChannelId CHANNEL = new ChannelId("app", "chat:é\r\n\ud83d\ude00");

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private NatsServers servers;

  @SuppressWarnings("NullAway.Init")
  private NatsStore writer;

  @SuppressWarnings("NullAway.Init")
  private NatsStore reader;

  @BeforeEach
  void start() {
    servers = NatsServers.fast(directory, 1);
    NatsOptions options = servers.options();
    writer = NatsStore.open(options);
    reader = NatsStore.open(options);
  }

  @AfterEach
  void stop() {
    writer.close();
    reader.close();
    servers.close();
  }

  private void append(int number) {
    byte[] entry = Integer.toString(number).getBytes(StandardCharsets.UTF_8);
    await(writer.journal().append(CHANNEL, entry, "chat:é\r\n" + number));
  }

  private static List<String> texts(List<StoredEntry> entries) {
    return entries.stream()
        .map(entry -> new String(entry.bytes(), StandardCharsets.UTF_8))
        .toList();
  }

  private static List<String> upTo(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  @Test
  void whatWasNotAnnouncedComesBeforeWhatIsAnnouncedNext() {
    Recording heard = new Recording();
    reader.journal().follow(CHANNEL, 0, heard);
    append(0);
    heard.await(1);
    reader.link().deaf(true);
    IntStream.range(1, 6).forEach(this::append);
    reader.link().deaf(false);
    append(6);
    assertEquals(upTo(7), texts(heard.await(7)));
  }

  @Test
  void whoHasCaughtUpKnowsOfRecordsThatWereNotAnnounced() {
    reader.link().deaf(true);
    for (int i = 0; i < 100; i++) {
      String key = "k" + i;
      await(writer.registry().compareAndSet("app", "kind", key, 0, new byte[1]));
      var looks = List.of(reader.registry().catchUp(), reader.registry().catchUp());
      looks.forEach(Futures::await);
      assertNotNull(await(reader.registry().get("app", "kind", key)));
    }
  }

  @Test
  void whatWasNotAnnouncedIsFoundWhenItIsLookedFor() {
    Recording heard = new Recording();
    reader.journal().follow(CHANNEL, 0, heard);
    append(0);
    heard.await(1);
    reader.link().deaf(true);
    append(1);
    reader.check();
    assertEquals(upTo(2), texts(heard.await(2)));
  }

  @Test
  void anAppendIsAnsweredThoughItsAnnouncementWasLost() {
    Recording heard = new Recording();
    writer.journal().follow(CHANNEL, 0, heard);
    writer.link().deaf(true);
    append(0);
    append(1);
    assertEquals(upTo(2), texts(heard.heard()));
  }

  @Test
  void aDeletionThatWasNotAnnouncedComesBeforeWhatIsAnnouncedNext() {
    Recording heard = new Recording();
    reader.journal().follow(CHANNEL, 0, heard);
    append(0);
    heard.await(1);
    reader.link().deaf(true);
    assertTrue(await(writer.journal().delete(CHANNEL, Long.MAX_VALUE)));
    append(1);
    reader.link().deaf(false);
    append(2);
    assertEquals(upTo(3), texts(heard.await(3)));
    assertEquals(1, heard.deletions().size());
    reader.link().deaf(true);
    assertTrue(await(writer.journal().delete(CHANNEL, Long.MAX_VALUE)));
    reader.check();
    NatsServers.awaitUntil(() -> heard.deletions().size() == 2);
  }

  @Test
  void aDeletionThatItsNodeDidNotFinishIsFinishedByWhoHearsOfIt() {
    append(0);
    long end = await(writer.journal().end(CHANNEL));
    List<StoredRecord> records = List.of(new StoredRecord((byte) 1, "k", new byte[1]));
    assertTrue(await(writer.journal().write(CHANNEL, 0, records, new byte[1])));
    NatsJournal.Parts parts = ((NatsJournal) writer.journal()).parts();
    long deletion = await(parts.admission().take(0, () -> beginning(parts)));
    assertEquals(1, await(writer.journal().manifest(CHANNEL)).version());
    Recording heard = new Recording();
    reader.journal().follow(CHANNEL, end, heard);
    assertEquals(deletion, heard.awaitDeletion());
    assertEquals(deletion, await(writer.journal().manifest(CHANNEL)).deletedAt());
    assertNull(await(reader.journal().get(CHANNEL, (byte) 1, "k")));
    assertFalse(await(writer.journal().write(CHANNEL, 1, records, new byte[1])));
  }

  private static CompletableFuture<Long> beginning(NatsJournal.Parts parts) {
    Headers headers = new Headers().put(Marks.ID, parts.ids().next());
    headers.put(Marks.ROLLUP, "sub").put(Marks.DELETED, "1").put(Marks.TTL, Marks.REMEMBERED);
    String entries = parts.subjects().of(CHANNEL).entries();
    return parts.publisher().publish(entries, headers, new byte[0]).thenApply(Pieces::sequence);
  }

  @Test
  void whoDeletesWhileOthersAppendTakesNothingAwayThatItDidNotKnow() {
    for (int round = 0; round < 20; round++) {
      append(round);
      long known = await(writer.journal().end(CHANNEL));
      var deleted = reader.journal().delete(CHANNEL, known);
      byte[] entry = ("late " + round).getBytes(StandardCharsets.UTF_8);
      long late = await(writer.journal().append(CHANNEL, entry, "late" + round)).position();
      boolean gone = await(deleted);
      List<StoredEntry> left =
          await(writer.journal().read(CHANNEL, 0, Direction.FORWARDS, 100, 1 << 20));
      assertEquals(late, left.getLast().position());
      assertTrue(gone ? left.size() == 1 : left.size() > 1);
    }
  }

  @Test
  void theRegistryIsReadWhereItWasNotAnnounced() {
    reader.link().deaf(true);
    assertTrue(await(writer.registry().compareAndSet("app", "kind", "a", 0, new byte[1])));
    assertFalse(await(reader.registry().compareAndSet("app", "kind", "a", 0, new byte[2])));
    assertTrue(await(reader.registry().compareAndSet("app", "kind", "b", 0, new byte[1])));
    assertEquals(2, await(reader.registry().scan("app", "kind", "", 10)).size());
  }

  @Test
  void everythingGoesOnWhenTheServersWereAway() {
    Recording heard = new Recording();
    reader.journal().follow(CHANNEL, 0, heard);
    append(0);
    servers.servers().getFirst().kill();
    var waiting = writer.journal().append(CHANNEL, "1".getBytes(StandardCharsets.UTF_8), "1");
    servers.servers().getFirst().start();
    assertTrue(await(waiting).position() > 0);
    append(2);
    assertEquals(upTo(3), texts(heard.await(3)));
    assertTrue(await(writer.registry().compareAndSet("app", "kind", "a", 0, new byte[1])));
    NatsServers.awaitUntil(() -> await(reader.registry().get("app", "kind", "a")) != null);
    assertTrue(reader.following());
  }
}

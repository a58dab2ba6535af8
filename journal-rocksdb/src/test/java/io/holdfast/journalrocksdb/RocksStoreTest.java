package io.holdfast.journalrocksdb;

import static io.holdfast.journal.Direction.FORWARDS;
import static io.holdfast.journal.Futures.await;
import static io.holdfast.journal.Futures.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Journal.Appended;
import io.holdfast.journal.Journal.Follower;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.holdfast.journal.StoredEntry;
import io.holdfast.journal.StoredRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksStoreTest {
  private static final ChannelId CHANNEL = new ChannelId("app", "a");
  private static final byte[] ENTRY = new byte[100];

  @TempDir Path directory;
  private final Gate gate = new Gate();

  private RocksOptions options() {
    return RocksContractTest.options().withBeforeSync(gate);
  }

  private Reason refused() {
    return assertThrows(JournalException.class, () -> RocksStore.open(directory, options()))
        .reason();
  }

  private CompletableFuture<Appended> append(RocksStore store) {
    return store.journal().append(CHANNEL, ENTRY, "id");
  }

  @Test
  void theLogIsSyncedBeforeEachAnswer() {
    try (RocksStore store = RocksStore.open(directory, options())) {
      for (int i = 1; i <= 20; i++) {
        RocksStats before = store.stats();
        await(append(store));
        RocksStats after = store.stats();
        assertTrue(after.logSyncs() > before.logSyncs());
        assertEquals(i, after.commits());
        assertEquals(i, after.entries());
        assertEquals(i * 100L, after.bytes());
        assertTrue(after.diskBytes() > 0);
      }
    }
  }

  @Test
  void whatWaitsDuringASyncSharesTheNextOne() throws Exception {
    try (RocksStore store = RocksStore.open(directory, options())) {
      gate.shut(true);
      List<CompletableFuture<Appended>> answers = new ArrayList<>();
      answers.add(append(store));
      gate.awaitWaiting();
      for (int i = 0; i < 4096; i++) {
        answers.add(append(store));
      }
      gate.shut(false);
      answers.forEach(io.holdfast.journal.Futures::await);
      assertEquals(2, store.stats().commits());
      assertEquals(4097, store.stats().entries());
    }
  }

  @Test
  void moreThanMayWaitIsRefusedAndRoomReturns() throws Exception {
    try (RocksStore store = RocksStore.open(directory, options().withWaitingMax(1000))) {
      gate.shut(true);
      var first = append(store);
      gate.awaitWaiting();
      List<CompletableFuture<Appended>> taken = new ArrayList<>(List.of(first));
      CompletableFuture<Appended> last = append(store);
      while (!last.isDone()) {
        taken.add(last);
        last = append(store);
      }
      assertEquals(Reason.BUSY, refusal(last));
      assertEquals(4, taken.size());
      gate.shut(false);
      taken.forEach(io.holdfast.journal.Futures::await);
      await(append(store));
    }
  }

  @Test
  void underTheFloorOfFreeSpaceOnlyWhatStoresIsRefused() {
    AtomicLong free = new AtomicLong(1 << 30);
    AtomicLong now = new AtomicLong(1_000_000);
    RocksOptions fitted =
        options().withFreeSpace(path -> free.get()).withClock(now::get).withFreeFloor(1 << 20);
    try (RocksStore store = RocksStore.open(directory, fitted)) {
      Appended appended = await(append(store));
      free.set(1000);
      await(append(store)); // asked less than a second ago
      now.addAndGet(1000);
      assertEquals(Reason.NO_SPACE, refusal(append(store)));
      var put = store.journal().put(CHANNEL, List.of(new StoredRecord((byte) 1, "k", ENTRY)));
      assertEquals(Reason.NO_SPACE, refusal(put));
      await(store.journal().put(CHANNEL, List.of(new StoredRecord((byte) 1, "k", null))));
      assertTrue(await(store.journal().write(CHANNEL, 0, List.of(), ENTRY)));
      await(store.journal().trim(CHANNEL, appended.position()));
      assertEquals(1, await(store.journal().read(CHANNEL, 0, FORWARDS, 10, 10)).size());
      await(store.journal().delete(CHANNEL, Long.MAX_VALUE));
      free.set(1 << 30);
      now.addAndGet(1000);
      await(append(store));
    }
  }

  @Test
  void aFailedSyncIsFatalAndAnswersNothing() throws Exception {
    CompletableFuture<Throwable> fatal = new CompletableFuture<>();
    RocksOptions failing =
        RocksOptions.of(fatal::complete)
            .withBeforeSync(
                () -> {
                  throw new IllegalStateException("no sync");
                });
    try (RocksStore store = RocksStore.open(directory, failing)) {
      var answer = append(store);
      assertEquals("no sync", await(fatal).getMessage());
      assertFalse(answer.isDone());
      assertEquals(Reason.CLOSED, refusal(append(store)));
    }
    try (RocksStore store = RocksStore.open(directory, options())) {
      assertEquals(0, await(store.journal().end(CHANNEL)));
    }
  }

  @Test
  void aStoreMayBeClosedFromWithinTheFatalHandler() {
    CompletableFuture<RocksStore> opened = new CompletableFuture<>();
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    RocksOptions failing =
        RocksOptions.of(
                failure -> {
                  await(opened).close();
                  closed.complete(true);
                })
            .withBeforeSync(
                () -> {
                  throw new IllegalStateException("no sync");
                });
    RocksStore store = RocksStore.open(directory, failing);
    opened.complete(store);
    assertFalse(append(store).isDone());
    assertTrue(await(closed));
  }

  @Test
  void aDirectoryInUseIsRefused() {
    try (RocksStore store = RocksStore.open(directory, options())) {
      assertEquals(Reason.HELD, refused());
      await(append(store));
    }
    RocksStore.open(directory, options()).close();
  }

  @Test
  void aNewerFormatIsRefusedAndLeftAsItWas() throws Exception {
    FutureFormat.write(directory, Database.FORMAT + 1);
    List<String> before = FutureFormat.families(directory);
    assertEquals(Reason.NEWER_FORMAT, refused());
    assertEquals(before, FutureFormat.families(directory));
  }

  @Test
  void aDirectoryThatIsNotOursOrDamagedIsRefused() throws Exception {
    Files.writeString(directory.resolve("CURRENT"), "nonsense");
    assertEquals(Reason.UNREADABLE, refused());
  }

  @Test
  void aWipedLogHasALaterGeneration(@TempDir Path other) {
    AtomicLong now = new AtomicLong(1000);
    try (RocksStore store = RocksStore.open(directory, options().withClock(now::get))) {
      now.set(2000);
      try (RocksStore wiped = RocksStore.open(other, options().withClock(now::get))) {
        assertEquals(1000, store.journal().generation());
        assertEquals(2000, wiped.journal().generation());
      }
    }
  }

  @Test
  void aReadThatNobodyCanBeToldOfIsFatal() throws Exception {
    CompletableFuture<Throwable> fatal = new CompletableFuture<>();
    Readers readers = new Readers(fatal::complete);
    var answer =
        readers.read(
            () -> {
              throw new StackOverflowError("deep");
            });
    assertEquals("deep", await(fatal).getMessage());
    assertFalse(answer.isDone());
    readers.close();
  }

  @Test
  void aFollowerThatBreaksWhileItCatchesUpIsFatal() throws Exception {
    CompletableFuture<Throwable> fatal = new CompletableFuture<>();
    RocksOptions watched = RocksOptions.of(fatal::complete);
    try (RocksStore store = RocksStore.open(directory, watched)) {
      await(append(store));
      var _ =
          store
              .journal()
              .follow(
                  CHANNEL,
                  0,
                  new Follower() {
                    @Override
                    public void entry(StoredEntry entry) {
                      throw new StackOverflowError("deep");
                    }

                    @Override
                    public void deleted(long position) {}

                    @Override
                    public void lost(JournalException why) {}
                  });
      assertEquals("deep", await(fatal).getMessage());
    }
  }

  @Test
  void underTheFloorRecordsMayUseHalfOfItSoThatTheLogCanStillBeShortened() {
    AtomicLong free = new AtomicLong(3 << 18);
    AtomicLong now = new AtomicLong(1_000_000);
    RocksOptions fitted =
        options().withFreeSpace(path -> free.get()).withClock(now::get).withFreeFloor(1 << 20);
    try (RocksStore store = RocksStore.open(directory, fitted)) {
      assertEquals(Reason.NO_SPACE, refusal(append(store)));
      List<StoredRecord> records = List.of(new StoredRecord((byte) 1, "k", ENTRY));
      await(store.journal().put(CHANNEL, records));
      free.set((1 << 19) - 1);
      now.addAndGet(1000);
      assertEquals(Reason.NO_SPACE, refusal(store.journal().put(CHANNEL, records)));
    }
  }

  @Test
  void checkpointsAndTrimsAreCounted() {
    try (RocksStore store = RocksStore.open(directory, options())) {
      Appended appended = await(append(store));
      assertTrue(await(store.journal().write(CHANNEL, 0, List.of(), ENTRY)));
      assertFalse(await(store.journal().write(CHANNEL, 0, List.of(), ENTRY)));
      await(store.journal().trim(CHANNEL, appended.position()));
      assertEquals(1, store.stats().manifests());
      assertEquals(1, store.stats().trims());
    }
  }
}

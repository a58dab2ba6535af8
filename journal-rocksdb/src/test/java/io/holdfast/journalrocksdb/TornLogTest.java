package io.holdfast.journalrocksdb;

import static io.holdfast.journal.Direction.FORWARDS;
import static io.holdfast.journal.Futures.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Futures;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log whose end a crash tore: what was synced is there, the torn write is not half there. */
class TornLogTest {
  private static final ChannelId CHANNEL = new ChannelId("app", "a");
  private static final int EARLIER = 20;
  private static final int LAST = 5;

  @TempDir Path directory;
  @TempDir Path copies;
  private final Gate gate = new Gate();
  private RocksStore store = never();
  private int copied;

  @SuppressWarnings("NullAway")
  private static RocksStore never() {
    return null;
  }

  /** Leaves a log that ends in a write of several entries, still open. */
  @BeforeEach
  void write() throws Exception {
    store = RocksStore.open(directory, RocksContractTest.options().withBeforeSync(gate));
    for (int i = 0; i < EARLIER - 1; i++) {
      await(store.journal().append(CHANNEL, entry(i), "id"));
    }
    gate.shut(true);
    List<java.util.concurrent.CompletableFuture<?>> answers = new ArrayList<>();
    answers.add(store.journal().append(CHANNEL, entry(EARLIER - 1), "id"));
    gate.awaitWaiting();
    for (int i = EARLIER; i < EARLIER + LAST; i++) {
      answers.add(store.journal().append(CHANNEL, entry(i), "id"));
    }
    gate.shut(false);
    answers.forEach(Futures::await);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static byte[] entry(int i) {
    byte[] entry = new byte[10_000];
    Arrays.fill(entry, (byte) i);
    new Random(i).nextBytes(entry);
    entry[0] = (byte) i;
    return entry;
  }

  private interface Damage {
    byte[] to(byte[] log);
  }

  private Path copy(Damage damage) throws IOException {
    Path copy = copies.resolve("" + copied++);
    Files.createDirectory(copy);
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        byte[] bytes = Files.readAllBytes(file);
        boolean log = file.toString().endsWith(".log");
        Files.write(copy.resolve(file.getFileName()), log ? damage.to(bytes) : bytes);
      }
    }
    return copy;
  }

  private static int entriesAfter(Path copy) {
    int found;
    try (RocksStore opened = RocksStore.open(copy, RocksContractTest.options())) {
      var entries = await(opened.journal().read(CHANNEL, 0, FORWARDS, 1000, Integer.MAX_VALUE));
      for (int i = 0; i < entries.size(); i++) {
        assertTrue(Arrays.equals(entry(i), entries.get(i).bytes()));
      }
      found = entries.size();
      await(opened.journal().append(CHANNEL, entry(found), "id"));
    }
    try (RocksStore again = RocksStore.open(copy, RocksContractTest.options())) {
      assertEquals(
          found + 1,
          await(again.journal().read(CHANNEL, 0, FORWARDS, 1000, Integer.MAX_VALUE)).size());
    }
    return found;
  }

  private static byte[] flipped(byte[] log, int at) {
    byte[] damaged = log.clone();
    damaged[at] ^= 0x55;
    return damaged;
  }

  @Test
  void everythingAnsweredIsInACopyOfTheOpenDirectory() throws Exception {
    assertEquals(EARLIER + LAST, entriesAfter(copy(log -> log)));
  }

  @Test
  void aLastWriteCutShortIsDroppedWhole() throws Exception {
    for (int cut : new int[] {1, 2, 7, 100, 9_000, 30_000, 49_000}) {
      assertEquals(EARLIER, entriesAfter(copy(log -> Arrays.copyOf(log, log.length - cut))));
    }
  }

  @Test
  void aLastWriteWithUnwrittenSectorsIsDroppedWhole() throws Exception {
    for (int back : new int[] {600, 5_000, 20_000}) {
      Path copy =
          copy(
              log -> {
                byte[] damaged = log.clone();
                Arrays.fill(damaged, log.length - back, log.length, (byte) 0);
                return damaged;
              });
      assertEquals(EARLIER, entriesAfter(copy));
    }
    assertEquals(EARLIER, entriesAfter(copy(log -> flipped(log, log.length - 1))));
  }

  @Test
  void garbageBehindTheLastWriteIsDropped() throws Exception {
    for (int extra : new int[] {1, 6, 7, 8, 500, 100_000}) {
      Path random =
          copy(
              log -> {
                byte[] garbage = new byte[extra];
                new Random(extra).nextBytes(garbage);
                byte[] longer = Arrays.copyOf(log, log.length + extra);
                System.arraycopy(garbage, 0, longer, log.length, extra);
                return longer;
              });
      assertEquals(EARLIER + LAST, entriesAfter(random));
      assertEquals(
          EARLIER + LAST, entriesAfter(copy(log -> Arrays.copyOf(log, log.length + extra))));
    }
  }

  @Test
  void aHoleWithGoodWritesBehindItIsRefusedNotSkipped() throws Exception {
    for (int at : new int[] {500, 50_000, 150_000}) {
      Path copy = copy(log -> flipped(log, at));
      var refused = assertThrows(JournalException.class, () -> entriesAfter(copy));
      assertEquals(Reason.UNREADABLE, refused.reason());
    }
  }
}

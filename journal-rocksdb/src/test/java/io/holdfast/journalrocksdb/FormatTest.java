package io.holdfast.journalrocksdb;

import static io.holdfast.journal.Direction.FORWARDS;
import static io.holdfast.journal.Futures.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.Journal;
import io.holdfast.journal.StoredRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data directories of every format written so far open, and hold what they held. */
class FormatTest {
  @TempDir Path directory;

  private void unpack(String name) throws IOException {
    try (InputStream packed = FormatTest.class.getResourceAsStream("/" + name);
        ZipInputStream zip = new ZipInputStream(assertStored(packed))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Files.copy(zip, directory.resolve(entry.getName()));
      }
    }
  }

  @SuppressWarnings("NullAway") // asserted
  private static InputStream assertStored(@org.jspecify.annotations.Nullable InputStream packed) {
    assertNotNull(packed);
    return packed;
  }

  @Test
  void formatOneOpens() throws Exception {
    unpack("format-1.zip");
    for (int round = 0; round < 2; round++) {
      try (RocksStore store = RocksStore.open(directory, RocksContractTest.options())) {
        checkFormatOne(store, round);
      }
    }
  }

  private static void checkFormatOne(RocksStore store, int round) {
    Journal journal = store.journal();
    assertEquals(FormatFixture.GENERATION, journal.generation());
    assertEquals(List.of(FormatFixture.CHAT), await(journal.channels(null, 10)));
    var entries = await(journal.read(FormatFixture.CHAT, 0, FORWARDS, 100, 1 << 20));
    assertEquals(7 + round, entries.size());
    for (var entry : entries) {
      assertEquals("entry " + entry.position(), new String(entry.bytes(), StandardCharsets.UTF_8));
      assertTrue(entry.time() >= FormatFixture.GENERATION);
    }
    var records =
        await(
            journal.scan(
                FormatFixture.CHAT, FormatFixture.KIND, null, null, FORWARDS, 100, 1 << 20));
    assertEquals(List.of("a", "é"), records.stream().map(StoredRecord::key).toList());
    assertEquals(1, await(journal.manifest(FormatFixture.CHAT)).version());
    var item = await(store.registry().scan("app", "keys", "", 10)).getFirst();
    assertEquals(2, item.version());
    assertArrayEquals(FormatFixture.bytes("secret 2"), item.bytes());
    String next = "entry " + (13 + round);
    var appended = await(journal.append(FormatFixture.CHAT, FormatFixture.bytes(next), "id"));
    assertEquals(13 + round, appended.position());
  }
}

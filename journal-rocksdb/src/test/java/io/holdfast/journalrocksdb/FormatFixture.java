package io.holdfast.journalrocksdb;

import static io.holdfast.journal.Futures.await;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Journal;
import io.holdfast.journal.Registry;
import io.holdfast.journal.StoredRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes {@code src/test/resources/format-N.zip}, a data directory as this version writes it, for
 * later versions to open. Run once per format and kept for ever. Arguments: the file to write.
 */
final class FormatFixture {
  static final long GENERATION = 1_700_000_000_000L;
  static final ChannelId CHAT = new ChannelId("app", "chat 😀/1");
  static final ChannelId GONE = new ChannelId("app", "gone");
  static final byte KIND = 3;

  private FormatFixture() {}

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static RocksStore open(Path directory) {
    return RocksStore.open(
        directory, RocksContractTest.options().withClock(() -> GENERATION).withFreeFloor(0));
  }

  public static void main(String[] args) throws IOException {
    Path directory = Files.createTempDirectory("format");
    try (RocksStore store = open(directory)) {
      Journal journal = store.journal();
      for (int i = 1; i <= 10; i++) {
        await(journal.append(CHAT, bytes("entry " + i), "id"));
      }
      await(journal.append(GONE, bytes("gone"), "id"));
      await(journal.put(CHAT, List.of(record("a", "1"), record("b", "2"), record("é", "3"))));
      await(journal.write(CHAT, 0, List.of(), bytes("manifest")));
      Registry registry = store.registry();
      await(registry.compareAndSet("app", "keys", "k1", 0, bytes("secret 1")));
      await(registry.compareAndSet("app", "keys", "k1", 1, bytes("secret 2")));
    }
    // What was in the log is in tables from here on, what follows is in the log.
    try (RocksStore store = open(directory)) {
      Journal journal = store.journal();
      await(journal.trim(CHAT, 4));
      await(journal.delete(GONE, Long.MAX_VALUE));
      await(journal.append(CHAT, bytes("entry 12"), "id"));
      await(journal.put(CHAT, List.of(new StoredRecord(KIND, "b", null))));
    }
    zip(directory, Path.of(args[0]));
  }

  private static StoredRecord record(String key, String value) {
    return new StoredRecord(KIND, key, bytes(value));
  }

  /** Without RocksDB's own log and options, which are not needed and name the machine. */
  private static void zip(Path directory, Path file) throws IOException {
    try (var files = Files.list(directory);
        var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Path one : files.sorted().toList()) {
        String name = one.getFileName().toString();
        if (name.startsWith("LOG") || name.startsWith("LOCK") || name.startsWith("OPTIONS")) {
          continue;
        }
        zip.putNextEntry(new ZipEntry(name));
        zip.write(Files.readAllBytes(one));
      }
    }
  }
}

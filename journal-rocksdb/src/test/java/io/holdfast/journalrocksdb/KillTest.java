package io.holdfast.journalrocksdb;

import static io.holdfast.journal.Direction.FORWARDS;
import static io.holdfast.journal.Futures.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.holdfast.journal.StoredEntry;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kill -9 amid appends: everything answered is there, in order. */
class KillTest {
  @TempDir Path directory;

  /** An answered append, as the child printed it. */
  private record Acked(String channel, long position, String entry) {}

  @Test
  void everyAnsweredEntryOutlivesAKill() throws Exception {
    Random random = new Random(7);
    List<Acked> acked = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      Process child = start(round);
      try {
        int before = acked.size();
        readAcked(child.inputReader(StandardCharsets.UTF_8), acked, 200 + random.nextInt(4000));
        if (round == 0) {
          assertHeld();
        }
        child.toHandle().destroyForcibly(); // the process's own method would close its output
        readAcked(child.inputReader(StandardCharsets.UTF_8), acked, Integer.MAX_VALUE);
        assertTrue(acked.size() > before);
      } finally {
        child.destroyForcibly().waitFor();
      }
      check(acked);
    }
  }

  private Process start(int round) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx256m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            EndlessAppends.class.getName(),
            directory.toString(),
            "" + round)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private void assertHeld() {
    var refused =
        assertThrows(
            JournalException.class, () -> RocksStore.open(directory, RocksContractTest.options()));
    assertEquals(Reason.HELD, refused.reason());
  }

  private static void readAcked(BufferedReader lines, List<Acked> acked, int limit)
      throws Exception {
    for (int i = 0; i < limit; i++) {
      String line = lines.readLine();
      if (line == null) {
        return;
      }
      String[] parts = line.split(" ", -1);
      if (parts.length == 4) { // else cut by the kill: the last mark is missing
        acked.add(new Acked(parts[0], Long.parseLong(parts[1]), parts[2]));
      }
    }
  }

  private void check(List<Acked> acked) {
    try (RocksStore store = RocksStore.open(directory, RocksContractTest.options())) {
      Map<String, Map<Long, String>> stored = new HashMap<>();
      for (int i = 0; i < EndlessAppends.CHANNELS; i++) {
        Map<Long, String> entries = new HashMap<>();
        Map<String, Integer> next = new HashMap<>();
        ChannelId channel = EndlessAppends.channel(i);
        for (StoredEntry entry :
            await(store.journal().read(channel, 0, FORWARDS, 1 << 30, 1 << 30))) {
          String text = new String(entry.bytes(), StandardCharsets.UTF_8);
          entries.put(entry.position(), text);
          String[] parts = text.split(":", -1);
          assertEquals(next.getOrDefault(parts[0], 0), Integer.valueOf(parts[1]));
          next.merge(parts[0], 1, Integer::sum);
        }
        stored.put(channel.name(), entries);
      }
      for (Acked one : acked) {
        assertEquals(one.entry(), stored.getOrDefault(one.channel(), Map.of()).get(one.position()));
      }
    }
  }
}

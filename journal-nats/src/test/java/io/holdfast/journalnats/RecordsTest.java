package io.holdfast.journalnats;

import static io.holdfast.journal.Futures.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.StoredRecord;
import io.nats.client.support.JsonValueUtils;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records packed into pieces, against a map of them. */
class RecordsTest {
  private static final ChannelId CHANNEL = new ChannelId("app", "a");
  private static final byte[] KINDS = {1, 2, -3};
  private static final int ALL = Integer.MAX_VALUE;

  @TempDir static Path directory;
  private static @Nullable NatsServers servers;

  private final Random random = new Random(7);
  private final List<NavigableMap<String, byte[]>> model =
      List.of(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

  @BeforeAll
  static void start() {
    servers = NatsServers.fast(directory, 1);
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(servers).close();
  }

  private static NatsStore open(NatsOptions options) {
    return NatsStore.open(options);
  }

  private static NatsOptions options() {
    return Objects.requireNonNull(servers).options();
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** New records at the end, changes anywhere, deletions mostly at the beginning, as a log has. */
  private List<StoredRecord> batch(int round) {
    List<StoredRecord> batch = new ArrayList<>();
    int count = 1 + random.nextInt(round % 10 == 0 ? 400 : 12);
    for (int i = 0; i < count; i++) {
      int kind = random.nextInt(KINDS.length);
      String key =
          random.nextInt(3) > 0
              ? "m%06d-%03d".formatted(round, i)
              : "m%06d-%03d".formatted(random.nextInt(round + 1), random.nextInt(12));
      boolean deletes = random.nextInt(5) == 0;
      if (deletes && !model.get(kind).isEmpty() && random.nextBoolean()) {
        key = model.get(kind).firstKey();
      }
      byte[] value = deletes ? null : bytes(random.nextInt(4_000));
      batch.add(new StoredRecord(KINDS[kind], key, value));
      if (value == null) {
        model.get(kind).remove(key);
      } else {
        model.get(kind).put(key, value);
      }
    }
    return batch;
  }

  private void assertSame(Journal journal) {
    for (int kind = 0; kind < KINDS.length; kind++) {
      NavigableMap<String, byte[]> expected = model.get(kind);
      for (Direction direction : Direction.values()) {
        var found = await(journal.scan(CHANNEL, KINDS[kind], null, null, direction, ALL, ALL));
        List<String> keys = found.stream().map(StoredRecord::key).toList();
        List<String> all = List.copyOf(expected.keySet());
        assertEquals(direction == Direction.FORWARDS ? all : all.reversed(), keys);
        found.forEach(record -> assertArrayEquals(expected.get(record.key()), record.bytes()));
      }
    }
  }

  private void assertSomeSame(Journal journal, int round) {
    int kind = random.nextInt(KINDS.length);
    String key = "m%06d-%03d".formatted(random.nextInt(round + 1), random.nextInt(12));
    assertArrayEquals(model.get(kind).get(key), await(journal.get(CHANNEL, KINDS[kind], key)));
    var found =
        await(journal.scan(CHANNEL, KINDS[kind], key, null, Direction.FORWARDS, 20, 20_000));
    List<String> keys = found.stream().map(StoredRecord::key).toList();
    assertEquals(
        model.get(kind).tailMap(key, true).keySet().stream().limit(keys.size()).toList(), keys);
  }

  @Test
  void whatIsPutIsFoundHoweverItIsPacked() {
    NatsOptions options = options();
    try (NatsStore store = open(options)) {
      for (int round = 0; round < 250; round++) {
        await(store.journal().put(CHANNEL, batch(round)));
        assertSomeSame(store.journal(), round);
        if (round % 50 == 49) {
          assertSame(store.journal());
        }
      }
    }
    try (NatsStore again = open(options)) {
      assertSame(again.journal());
      Head head = head(again);
      assertTrue(head.pieces().count() > 10);
      assertTrue(head.runs().size() <= 10);
      assertTrue(head.pieces().allMatch(piece -> piece.bytes() <= Pieces.PIECE_BYTES + 4_100));
      NatsServers.awaitUntil(() -> stored(again, options) <= head(again).pieces().count() + 40);
      emptied(again.journal());
      assertTrue(await(again.journal().delete(CHANNEL, Long.MAX_VALUE)));
      NatsServers.awaitUntil(() -> stored(again, options) == 0);
      assertEquals(List.of(), await(again.journal().channels(null, 10)));
    }
  }

  /** Deletes one after the other. */
  private void emptied(Journal journal) {
    List<StoredRecord> deletes = new ArrayList<>();
    for (int kind = 0; kind < KINDS.length; kind++) {
      for (String key : model.get(kind).keySet()) {
        deletes.add(new StoredRecord(KINDS[kind], key, null));
      }
      model.get(kind).clear();
    }
    await(journal.put(CHANNEL, deletes));
    assertSame(journal);
  }

  private static Head head(NatsStore store) {
    NatsJournal.Parts parts = ((NatsJournal) store.journal()).parts();
    return await(parts.admission().take(0, () -> parts.heads().load(parts.subjects().of(CHANNEL))))
        .head();
  }

  /** How many pieces the servers hold. */
  private static long stored(NatsStore store, NatsOptions options) {
    NatsJournal.Parts parts = ((NatsJournal) store.journal()).parts();
    String pieces = parts.subjects().of(CHANNEL).pieces();
    var info =
        await(
            parts
                .admission()
                .take(
                    0,
                    () ->
                        parts
                            .api()
                            .call(
                                "STREAM.INFO." + options.name(),
                                "{\"subjects_filter\":\"" + pieces + "\"}")));
    var subjects =
        JsonValueUtils.readObject(JsonValueUtils.readObject(info.json(), "state"), "subjects");
    return JsonValueUtils.readLong(subjects, pieces, 0);
  }

  @Test
  void aRecordLargerThanAPieceComesBack() {
    try (NatsStore store = open(options())) {
      byte[] large = bytes(3 << 20);
      await(
          store
              .journal()
              .put(
                  CHANNEL,
                  List.of(
                      new StoredRecord((byte) 1, "large", large),
                      new StoredRecord((byte) 1, "small", bytes(10)))));
      assertArrayEquals(large, await(store.journal().get(CHANNEL, (byte) 1, "large")));
    }
  }

  @Test
  void twoNodesThatWriteTheSameChannelLoseNothing() {
    NatsOptions options = options();
    try (NatsStore one = open(options);
        NatsStore other = open(options)) {
      List<java.util.concurrent.CompletableFuture<?>> writes = new ArrayList<>();
      TreeSet<String> expected = new TreeSet<>();
      for (int i = 0; i < 60; i++) {
        for (NatsStore store : List.of(one, other)) {
          String key = (store.equals(one) ? "one" : "other") + i;
          expected.add(key);
          writes.add(
              store.journal().put(CHANNEL, List.of(new StoredRecord((byte) 1, key, bytes(1_000)))));
        }
      }
      writes.forEach(io.holdfast.journal.Futures::await);
      for (NatsStore store : List.of(one, other)) {
        var found =
            await(
                store.journal().scan(CHANNEL, (byte) 1, null, null, Direction.FORWARDS, ALL, ALL));
        assertEquals(List.copyOf(expected), found.stream().map(StoredRecord::key).toList());
      }
    }
  }
}

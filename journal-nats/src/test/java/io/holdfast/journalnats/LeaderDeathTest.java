package io.holdfast.journalnats;

import static io.holdfast.journal.Futures.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.Recording;
import io.holdfast.journal.StoredEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The servers' leader dies in the middle of load, and comes back. */
class LeaderDeathTest {
  private static final int CHANNELS = 32;

  /** Long enough without an acknowledgement to be the leader's death and not the disk. */
  private static final long STALL_NS = TimeUnit.MILLISECONDS.toNanos(300);

  @TempDir Path directory;

  private final AtomicLong acked = new AtomicLong();
  private final AtomicLong lastAck = new AtomicLong(System.nanoTime());
  private final AtomicLong longestGap = new AtomicLong();
  private volatile boolean stopping;

  /** One channel's publisher: an entry as soon as the one before is acknowledged. */
  private final class Publisher {
    private final Journal journal;
    private final ChannelId channel;
    private final List<Long> positions = new ArrayList<>();
    private volatile boolean done;
    private volatile boolean failed;

    Publisher(Journal journal, ChannelId channel) {
      this.journal = journal;
      this.channel = channel;
    }

    void next() {
      int number = positions.size();
      byte[] entry = (channel.name() + " " + number).getBytes(StandardCharsets.UTF_8);
      var _ =
          journal
              .append(channel, entry, "e" + number)
              .whenComplete(
                  (at, failure) -> {
                    if (failure != null) {
                      failed = true;
                      done = true;
                      return;
                    }
                    long now = System.nanoTime();
                    long gap = now - lastAck.getAndSet(now);
                    longestGap.accumulateAndGet(gap, Math::max);
                    acked.incrementAndGet();
                    positions.add(at.position());
                    if (stopping) {
                      done = true;
                    } else {
                      next();
                    }
                  });
    }
  }

  @Test
  void nothingAckedIsLostDoubledOrReorderedWhenTheLeaderIsKilled() {
    try (NatsServers servers = NatsServers.syncing(directory, 3)) {
      NatsOptions options = servers.options();
      try (NatsStore writer = NatsStore.open(options);
          NatsStore reader = NatsStore.open(options)) {
        run(servers, writer, reader);
      }
    }
  }

  private void run(NatsServers servers, NatsStore writer, NatsStore reader) {
    List<Publisher> publishers = new ArrayList<>();
    List<Recording> here = new ArrayList<>();
    List<Recording> there = new ArrayList<>();
    for (int i = 0; i < CHANNELS; i++) {
      ChannelId channel = new ChannelId("app", "c" + i);
      here.add(followed(writer, channel));
      there.add(followed(reader, channel));
      publishers.add(new Publisher(writer.journal(), channel));
    }
    publishers.forEach(Publisher::next);
    awaitAcks(1_000);

    NatsServers.Server leader = servers.named(Objects.requireNonNull(writer.leader()));
    longestGap.set(0);
    leader.kill();
    NatsServers.awaitUntil(() -> longestGap.get() > STALL_NS);
    awaitAcks(acked.get() + 1_000);
    leader.start();
    awaitAcks(acked.get() + 1_000);
    stopping = true;
    NatsServers.awaitUntil(() -> publishers.stream().allMatch(publisher -> publisher.done));

    System.out.printf(
        "leader killed: %d entries acknowledged, none for %d ms%n",
        acked.get(), TimeUnit.NANOSECONDS.toMillis(longestGap.get()));
    for (int i = 0; i < CHANNELS; i++) {
      Publisher publisher = publishers.get(i);
      assertFalse(publisher.failed);
      List<StoredEntry> stored =
          await(
              reader
                  .journal()
                  .read(
                      publisher.channel,
                      0,
                      Direction.FORWARDS,
                      Integer.MAX_VALUE,
                      Integer.MAX_VALUE));
      assertEquals(publisher.positions, positions(stored));
      for (int number = 0; number < stored.size(); number++) {
        String text = new String(stored.get(number).bytes(), StandardCharsets.UTF_8);
        assertEquals(publisher.channel.name() + " " + number, text);
      }
      assertEquals(publisher.positions, positions(here.get(i).await(stored.size())));
      assertEquals(publisher.positions, positions(there.get(i).await(stored.size())));
    }
  }

  private static Recording followed(NatsStore store, ChannelId channel) {
    Recording recording = new Recording();
    store.journal().follow(channel, 0, recording);
    return recording;
  }

  private static List<Long> positions(List<StoredEntry> entries) {
    return entries.stream().map(StoredEntry::position).toList();
  }

  private void awaitAcks(long count) {
    NatsServers.awaitUntil(() -> acked.get() >= count);
  }
}

package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.fold.EntryCodec;
import io.holdfast.journalnats.NatsOptions;
import io.holdfast.journalnats.NatsServers;
import io.holdfast.journalnats.NatsStore;
import io.holdfast.nodes.EntryForms;
import io.holdfast.nodes.Nodes;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of this process on one real NATS server. */
class ManyNodesTest {
  @TempDir static Path directory;
  private static NatsServers nats;

  @BeforeAll
  static void start() {
    nats = NatsServers.fast(directory, 1);
  }

  @AfterAll
  static void stop() {
    nats.close();
  }

  private static boolean counts(RunningServer node, int nodes) {
    try {
      return node.get("/metrics").body().contains("holdfast_nodes " + nodes + ".0");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void nodesKnowOfEachOtherUntilOneSaysGoodbye() throws Exception {
    try (RunningServer one = RunningServer.onNats(nats)) {
      assertTrue(counts(one, 1));
      try (RunningServer other = RunningServer.onNats(nats)) {
        assertTrue(counts(other, 2));
        NatsServers.awaitUntil(() -> counts(one, 2));
        assertEquals(200, other.get("/readyz").statusCode());
      }
      long closed = System.nanoTime();
      NatsServers.awaitUntil(() -> counts(one, 1));
      assertTrue(System.nanoTime() - closed < 4_000_000_000L, "as if it had been killed");
      assertEquals(200, one.get("/readyz").statusCode());
    }
  }

  @Test
  void aNodeThatCannotReadWhatIsWrittenDoesNotStart() {
    EntryForms newer = new EntryForms(EntryCodec.NEWEST_READ + 1, EntryCodec.NEWEST_WRITTEN + 1);
    SystemTimers timers = new SystemTimers(Clock.systemUTC());
    NatsOptions options = NatsOptions.of(List.copyOf(nats.urls()), 1);
    try (NatsStore store = NatsStore.open(options);
        Nodes nodes = new Nodes(store.signals(), "newer", timers.forNodes(), newer)) {
      nodes.acquainted().join();
      var refused = assertThrows(IllegalStateException.class, () -> RunningServer.onNats(nats));
      String words = String.valueOf(refused.getMessage());
      assertTrue(words.contains("node newer writes entries of form"), words);
    } finally {
      timers.close();
    }
  }
}

package io.holdfast.journalnats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that start together on servers that have nothing yet. */
class OpeningTest {
  private static final int LOGS = 5;
  private static final int NODES = 6;

  @TempDir Path directory;

  @Test
  void nodesThatMakeALogTogetherAgreeOnIt() throws Exception {
    try (NatsServers servers = NatsServers.fast(directory, 3);
        ExecutorService nodes = Executors.newFixedThreadPool(NODES)) {
      for (int log = 0; log < LOGS; log++) {
        NatsOptions options = servers.options();
        List<Future<Long>> opened = new ArrayList<>();
        for (int node = 0; node < NODES; node++) {
          opened.add(
              nodes.submit(
                  () -> {
                    try (NatsStore store = NatsStore.open(options)) {
                      return store.journal().generation();
                    }
                  }));
        }
        Set<Long> generations = new HashSet<>();
        for (Future<Long> each : opened) {
          generations.add(each.get());
        }
        assertEquals(1, generations.size());
      }
    }
  }
}

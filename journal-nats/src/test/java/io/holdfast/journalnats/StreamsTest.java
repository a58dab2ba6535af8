package io.holdfast.journalnats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.api.ServerInfo;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which servers will do. */
class StreamsTest {
  private static ServerInfo server(String version, boolean jetStream, int maxPayload) {
    return new ServerInfo(
        "{\"server_id\":\"x\",\"version\":\"%s\",\"jetstream\":%s,\"max_payload\":%d}"
            .formatted(version, jetStream, maxPayload));
  }

  private static String refusal(ServerInfo server) {
    JournalException refused = assertThrows(JournalException.class, () -> Streams.check(server));
    assertEquals(Reason.UNREADABLE, refused.reason());
    return String.valueOf(refused.getMessage());
  }

  @Test
  void anOldServerIsRefusedWithTheVersionThatIsNeeded() {
    for (String version : new String[] {"2.9.10", "2.10.27", "2.2.0", "dev", "1"}) {
      String said = refusal(server(version, true, 8 << 20));
      assertTrue(said.contains("version " + version), said);
      assertTrue(said.contains("2.11 or later"), said);
    }
  }

  @Test
  void aCurrentServerWillDo() {
    for (String version : new String[] {"2.11.0", "2.12.15", "2.15.3", "2.16.0-RC.1", "3.0.0"}) {
      Streams.check(server(version, true, 8 << 20));
    }
  }

  @Test
  void aServerWithoutJetStreamOrWithSmallMessagesIsRefusedWithWhatToSet() {
    String without = refusal(server("2.15.3", false, 8 << 20));
    assertTrue(without.contains("jetstream block"), without);
    String small = refusal(server("2.15.3", true, 1 << 20));
    assertTrue(small.contains("max_payload"), small);
  }

  private static String refusal(NatsOptions options) {
    JournalException refused = assertThrows(JournalException.class, () -> NatsStore.open(options));
    assertEquals(Reason.UNREADABLE, refused.reason());
    return String.valueOf(refused.getMessage());
  }

  @Test
  void aStreamThatWouldLoseDataIsRefusedWithWhatIsWrong(@TempDir Path directory) throws Exception {
    try (NatsServers servers = NatsServers.fast(directory, 1)) {
      Connection connection = Nats.connect(servers.urls().getFirst());
      NatsOptions options = servers.options();
      StreamConfiguration inMemory =
          StreamConfiguration.builder()
              .name(options.name())
              .subjects(options.name() + ".>")
              .storageType(StorageType.Memory)
              .build();
      assertEquals(
          options.name(),
          connection.jetStreamManagement().addStream(inMemory).getConfiguration().getName());
      connection.close();
      String said = refusal(options);
      assertTrue(said.contains("storage \"memory\" and must have file"), said);
    }
  }

  @Test
  void moreReplicasThanServersAreRefusedAndOneIsCalledWeak(@TempDir Path directory) {
    try (NatsServers servers = NatsServers.fast(directory, 1)) {
      String said = refusal(NatsOptions.of(servers.urls(), 3));
      assertTrue(said.contains("cannot keep 3 replicas"), said);
      try (NatsStore store = NatsStore.open(servers.options())) {
        String weak = String.join(" ", store.weaknesses());
        assertTrue(weak.contains("sync_interval"), weak);
        assertTrue(weak.contains("one replica"), weak);
      }
    }
  }

  @Test
  void aNodeThatIsStartedBeforeTheLastOfTheServersWaitsForIt(@TempDir Path directory)
      throws Exception {
    try (NatsServers servers = NatsServers.unstarted(directory, 3)) {
      servers.named("n0").start();
      servers.named("n1").start();
      NatsServers.awaitUntil(() -> servers.named("n0").isUp() && servers.named("n1").isUp());
      CompletableFuture<NatsStore> opening =
          CompletableFuture.supplyAsync(() -> NatsStore.open(servers.options()));
      assertThrows(TimeoutException.class, () -> opening.get(4, TimeUnit.SECONDS));
      servers.named("n2").start();
      try (NatsStore store = opening.get(1, TimeUnit.MINUTES)) {
        assertTrue(store.journal().generation() > 0);
      }
    }
  }

  @Test
  void serversThatAreNotThereAreNamedWithoutTheirPassword() {
    String said = refusal(NatsOptions.of(List.of("nats://user:secret@127.0.0.1:1"), 1));
    assertTrue(said.contains("nats://127.0.0.1:1"), said);
    assertFalse(said.contains("secret"), said);
  }
}

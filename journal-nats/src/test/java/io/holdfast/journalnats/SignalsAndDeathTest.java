package io.holdfast.journalnats;

import static io.holdfast.journal.Futures.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.holdfast.journal.Signals;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signals while their server dies, and after. */
class SignalsAndDeathTest {
  private static final long LONG = 600_000;

  @TempDir Path directory;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Until what is sent from now on is heard, which a fresh text shows. */
  private static void awaitHeard(Signals from, BlockingQueue<String> heard, String text) {
    NatsServers.awaitUntil(
        () -> {
          from.send("t", bytes(text));
          return heard.contains(text);
        });
  }

  private static void awaitAnswer(Signals from, String text) {
    byte[] wanted = bytes(text);
    NatsServers.awaitUntil(
        () -> {
          byte[] answer = await(from.ask("q", wanted, 1_000));
          return answer != null && new String(answer, StandardCharsets.UTF_8).equals(text);
        });
  }

  @Test
  void theOthersCarryOnForTheServerThatIsKilled() {
    try (NatsServers servers = NatsServers.fast(directory, 3)) {
      NatsOptions options = servers.options();
      try (NatsStore a = NatsStore.open(servers.only(0, options));
          NatsStore b = NatsStore.open(servers.only(1, options))) {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        b.signals().listen("t", bytes -> heard.add(new String(bytes, StandardCharsets.UTF_8)));
        b.signals().answer("q", CompletableFuture::completedFuture);
        awaitHeard(a.signals(), heard, "before");
        awaitAnswer(a.signals(), "before");
        servers.servers().get(1).kill();
        awaitHeard(a.signals(), heard, "through another server");
        awaitAnswer(a.signals(), "through another server");
      }
    }
  }

  @Test
  void withoutAnyServerNothingIsHeardAndNothingWaits() {
    try (NatsServers servers = NatsServers.fast(directory, 1)) {
      NatsOptions options = servers.options();
      try (NatsStore a = NatsStore.open(options);
          NatsStore b = NatsStore.open(options)) {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        b.signals().listen("t", bytes -> heard.add(new String(bytes, StandardCharsets.UTF_8)));
        b.signals().answer("q", CompletableFuture::completedFuture);
        b.signals().answer("silent", _ -> new CompletableFuture<>());
        awaitHeard(a.signals(), heard, "before");
        awaitAnswer(a.signals(), "before");
        var open = a.signals().ask("silent", bytes(""), LONG);
        servers.servers().getFirst().kill();
        assertNull(await(open));
        assertNull(await(a.signals().ask("q", bytes("lost"), LONG)));
        a.signals().send("t", bytes("lost"));
        servers.servers().getFirst().start();
        awaitHeard(a.signals(), heard, "after");
        awaitAnswer(a.signals(), "after");
        assertEquals(0, heard.stream().filter("lost"::equals).count());
      }
    }
  }
}

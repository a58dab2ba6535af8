package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of channels on one connection: what each costs, and that they all work. */
class ManyChannelsTest {
  private static final int CHANNELS = 3_000;

  /** What the README says, with room for other JVMs. */
  private static final long CHANNEL_BYTES_MAX = 2_048;

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void eachCostsLittleAndNoThread(@TempDir Path folder) throws Exception {
    try (ServerProcess server = ServerProcess.inMemory(folder);
        RealtimeClient client =
            RealtimeClient.create(
                server.options().requestTimeout(Duration.ofSeconds(60)).build())) {
      client.connection().connect();
      client.channel("warm").attach();
      long before = used();
      int threads = Thread.activeCount();
      CountDownLatch heard = new CountDownLatch(CHANNELS);
      List<CompletableFuture<Void>> attached = new ArrayList<>();
      for (int i = 0; i < CHANNELS; i++) {
        Channel channel = client.channel("many:" + i);
        channel.messages().listen(message -> heard.countDown());
        attached.add(channel.attachAsync());
      }
      for (CompletableFuture<Void> each : attached) {
        each.get(60, TimeUnit.SECONDS);
      }
      attached.clear();
      long each = (used() - before) / CHANNELS;
      System.out.println("client: " + each + " bytes of heap a channel, attached with a listener");
      assertTrue(each < CHANNEL_BYTES_MAX, each + " bytes");
      assertTrue(Thread.activeCount() <= threads + 4, "threads");
      for (int i = 0; i < CHANNELS; i++) {
        CompletableFuture<PublishResult> unused =
            client.channel("many:" + i).publishAsync(Message.of("n", "x"));
      }
      assertTrue(heard.await(60, TimeUnit.SECONDS), heard + " not heard");
      assertEquals(CHANNELS + 1, client.channels().size());
    }
  }
}

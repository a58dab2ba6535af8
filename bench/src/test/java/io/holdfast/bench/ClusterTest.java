package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClusterTest {
  @Test
  void theChannelsInMemoryAreReadFromANodesMetrics() {
    String metrics =
        "# TYPE holdfast_channels gauge\nholdfast_channels 120.0\nholdfast_channels_x 1\n";
    assertEquals(120, Cluster.channels(metrics));
    assertThrows(LoadFailure.class, () -> Cluster.channels(""));
  }

  @Test
  void theHeapOfANatsServerIsReadFromItsProfile() {
    String profile = "heap profile: 3: 4 [5: 6] @ heap/2\n\n# Alloc = 7\n# HeapAlloc = 21499\n";
    assertEquals(21_499, NatsServers.liveHeap(profile));
    assertThrows(LoadFailure.class, () -> NatsServers.liveHeap("404"));
  }

  @Test
  void aPartIsWantedWhenNoneOrItIsNamed() {
    var all = new ClusterPlan(new Settings(true, false, Arguments.of("quick")));
    assertTrue(all.wants("attach"));
    var some = new ClusterPlan(new Settings(true, false, Arguments.of("--parts", "cpu,publish")));
    assertTrue(some.wants("cpu"));
    assertFalse(some.wants("attach"));
  }

  @Test
  void aPublisherTakesItsChannelsByTurns() {
    var frames =
        new FramesByTurns(
            List.of(
                new PublishFrame("a", 20, new Random(1)),
                new PublishFrame("b", 20, new Random(1))));
    assertEquals(
        List.of("a", "b", "a"), List.of(channel(frames), channel(frames), channel(frames)));
  }

  private static String channel(FrameShape frames) {
    ByteBuf frame = frames.encode(UnpooledByteBufAllocator.DEFAULT, 1, 2);
    try {
      String text = frame.toString(StandardCharsets.UTF_8);
      return text.substring(text.indexOf("channel\":\"") + 10, text.indexOf("\",\"msgSerial"));
    } finally {
      frame.release();
    }
  }
}

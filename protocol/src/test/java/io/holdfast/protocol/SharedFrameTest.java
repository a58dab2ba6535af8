package io.holdfast.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SharedFrameTest {
  private final Frame frame = new Frame.Detach("room");
  private final SharedFrame shared = new SharedFrame(frame);

  @Test
  void bytesAreMadeOncePerFormat() {
    for (Format format : Format.values()) {
      assertArrayEquals(FrameCodec.encode(frame, format), shared.bytes(format));
      assertSame(shared.bytes(format), shared.bytes(format));
      assertEquals(shared.bytes(format).length, shared.size(format));
    }
  }

  @Test
  void aViewIsMadeOnceByRacingCallers() throws Exception {
    AtomicInteger made = new AtomicInteger();
    try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
      Callable<Integer> ask =
          () -> shared.view(Format.JSON, bytes -> bytes.length + 1_000 * made.incrementAndGet());
      List<Future<Integer>> views =
          callers.invokeAll(IntStream.range(0, 100).mapToObj(i -> ask).toList());
      for (Future<Integer> view : views) {
        assertEquals(shared.size(Format.JSON) + 1_000, view.get());
      }
    }
    assertEquals(1, made.get());
  }
}

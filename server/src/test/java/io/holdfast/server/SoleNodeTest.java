package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.holdfast.journal.MemoryDisk;
import io.holdfast.journal.MemoryJournal;
import io.holdfast.journal.MemoryRegistry;
import io.holdfast.journal.Registry;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SoleNodeTest {
  private final Registry registry =
      new MemoryRegistry(
          new MemoryJournal(new MemoryDisk(), Clock.systemUTC()::millis, Runnable::run));
  private final SystemTimers timers = new SystemTimers(Clock.systemUTC());
  private final CountDownLatch lost = new CountDownLatch(1);

  @AfterEach
  void stop() {
    timers.close();
  }

  private SoleNode take(String boot) {
    return SoleNode.take(registry, timers, boot, lost::countDown);
  }

  @Test
  void aSecondNodeIsRefusedWhileTheFirstIsThere() {
    try (SoleNode _ = take("one")) {
      var refused = assertThrows(JournalException.class, () -> take("other"));
      assertEquals(Reason.HELD, refused.reason());
      assertEquals(1, lost.getCount());
    }
  }

  @Test
  void aNodeThatStopsLeavesItsPlaceToTheNext() {
    take("one").close();
    take("other").close();
    assertEquals(1, lost.getCount());
  }

  @Test
  void aNodeWhosePlaceIsTakenHearsOfIt() throws InterruptedException {
    try (SoleNode _ = take("one")) {
      Registry.Item item = registry.get(App.NOBODY, "node", "sole").join();
      long version = item == null ? 0 : item.version();
      registry.compareAndSet(App.NOBODY, "node", "sole", version, new byte[1]).join();
      assertTrue(lost.await(20, TimeUnit.SECONDS));
    }
  }
}

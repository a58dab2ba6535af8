package io.holdfast.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.fold.Verdict;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.MemoryDisk;
import io.holdfast.journal.MemoryJournal;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;

/** A channel that cannot be opened at first, while frames go on arriving on real threads. */
class OpeningTest {
  private static final int FRAMES = 4_000;

  private final ExecutorService engine = Executors.newSingleThreadExecutor();
  private final ExecutorService lane = Executors.newSingleThreadExecutor();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

  private Timers timers() {
    return new Timers() {
      @Override
      public long now() {
        return System.currentTimeMillis();
      }

      @Override
      public Timer after(long ms, Runnable task) {
        var waiting = clock.schedule(task, ms, TimeUnit.MILLISECONDS);
        return () -> waiting.cancel(false);
      }
    };
  }

  /** A journal that is too busy to tell the manifest, once. */
  private Journal busyAtFirst() {
    MemoryJournal real = new MemoryJournal(new MemoryDisk(), System::currentTimeMillis, engine);
    AtomicInteger failures = new AtomicInteger(1);
    return (Journal)
        Proxy.newProxyInstance(
            Journal.class.getClassLoader(),
            new Class<?>[] {Journal.class},
            (proxy, method, arguments) ->
                method.getName().equals("manifest") && failures.getAndDecrement() > 0
                    ? CompletableFuture.failedFuture(
                        new JournalException(JournalException.Reason.BUSY, "too many reads"))
                    : method.invoke(real, arguments));
  }

  private static List<Integer> stored(Channels channels, ChannelId room) throws Exception {
    List<Integer> numbers = new ArrayList<>();
    String after = null;
    do {
      HistoryQuery query =
          new HistoryQuery(0, Long.MAX_VALUE, 1_000, Direction.FORWARDS, null, after);
      var page = channels.history(room, query).get(10, TimeUnit.SECONDS);
      page.items().forEach(message -> numbers.add(Integer.parseInt(House.text(message))));
      after = page.next();
    } while (after != null);
    return numbers;
  }

  @RepeatedTest(3)
  void framesStandInTheLogAsTheyCame() throws Exception {
    Channels channels =
        new Channels(
            busyAtFirst(), List.of(new Lane(lane)), timers(), ChannelSettings.DEFAULT, "boot");
    CountDownLatch answered = new CountDownLatch(FRAMES);
    @Nullable Tenure before = null;
    long start = System.nanoTime();
    for (int i = 0; i < FRAMES; i++) {
      // as an event loop hands them in, until well after the second opening
      while (System.nanoTime() - start < i * 330_000L) {
        LockSupport.parkNanos(50_000);
      }
      Submission frame =
          new Submission(
              House.publishing("p", i, "" + i),
              100,
              0,
              false,
              verdict -> {
                assertEquals(Verdict.Accepted.class, verdict.getClass());
                answered.countDown();
              });
      before = channels.submit(House.ROOM, frame, before);
    }
    answered.await(20, TimeUnit.SECONDS);
    List<Integer> stored = stored(channels, House.ROOM);
    assertEquals(FRAMES, stored.size());
    assertEquals(stored.stream().sorted(Comparator.naturalOrder()).toList(), stored);
    lane.shutdownNow();
    engine.shutdownNow();
    clock.shutdownNow();
  }
}

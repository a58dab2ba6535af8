package io.holdfast.journal;

import static io.holdfast.journal.Futures.await;
import static io.holdfast.journal.Futures.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.JournalException.Reason;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MemoryJournalTest {
  private static final ChannelId CHANNEL = new ChannelId("app", "a");

  private final MemoryDisk disk = new MemoryDisk();
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

  private MemoryJournal steppedJournal() {
    return new MemoryJournal(disk, () -> 1000, tasks::add);
  }

  private void runAll() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  @Nested
  class OnTheCallersThread extends JournalContract {
    private MemoryJournal opened = new MemoryJournal(new MemoryDisk(), () -> 1, Runnable::run);

    @Override
    protected Journal open() {
      opened = new MemoryJournal(disk, () -> 1000, Runnable::run);
      return opened;
    }

    @Override
    protected void holdCommits(boolean hold) {
      opened.holdCommits(hold);
    }
  }

  @Nested
  class OnAThread extends JournalContract {
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private MemoryJournal opened = new MemoryJournal(new MemoryDisk(), () -> 1, Runnable::run);

    @Override
    protected Journal open() {
      opened = new MemoryJournal(disk, () -> 1000, thread);
      return opened;
    }

    @Override
    protected void holdCommits(boolean hold) {
      opened.holdCommits(hold);
    }

    @AfterEach
    void stop() {
      thread.shutdown();
    }
  }

  @Nested
  class TheRegistry extends RegistryContract {
    private MemoryJournal opened = new MemoryJournal(new MemoryDisk(), () -> 1, Runnable::run);

    @Override
    protected Registry open() {
      opened = new MemoryJournal(disk, () -> 1000, Runnable::run);
      return new MemoryRegistry(opened);
    }

    @Override
    protected void close() {
      opened.close();
    }
  }

  @Test
  void nothingHappensUntilTheExecutorRunsIt() {
    MemoryJournal journal = steppedJournal();
    Recording follower = new Recording();
    journal.follow(CHANNEL, 0, follower);
    var answer = journal.append(CHANNEL, new byte[1], "id");
    tasks.remove().run();
    assertEquals(0, disk.lastPosition);
    tasks.remove().run();
    assertEquals(1, disk.lastPosition);
    assertFalse(answer.isDone());
    assertEquals(0, follower.heard().size());
    tasks.remove().run();
    assertTrue(answer.isDone());
    assertEquals(1, follower.heard().size());
    assertTrue(tasks.isEmpty());
  }

  @Test
  void aCrashBetweenAnyTwoStepsKeepsWhatIsDurableAndAnswersNothing() {
    for (int steps = 0; steps <= 4; steps++) {
      MemoryDisk fresh = new MemoryDisk();
      MemoryJournal journal = new MemoryJournal(fresh, () -> 1000, tasks::add);
      var first = journal.append(CHANNEL, new byte[1], "1");
      var second = journal.append(CHANNEL, new byte[1], "2");
      for (int i = 0; i < steps; i++) {
        tasks.remove().run();
      }
      journal.crash();
      var late = journal.append(CHANNEL, new byte[1], "3");
      var read = journal.end(CHANNEL);
      runAll();
      assertEquals(steps >= 3, first.isDone());
      assertEquals(steps >= 4, second.isDone());
      assertFalse(late.isDone() || read.isDone());
      MemoryJournal restarted = new MemoryJournal(fresh, () -> 2000, Runnable::run);
      assertEquals(Math.min(steps, 2), await(restarted.end(CHANNEL)));
      assertEquals(1000, restarted.generation());
    }
  }

  @Test
  void aDiskIsHeldByOneJournalAtATime() {
    MemoryJournal journal = steppedJournal();
    var refused = assertThrows(JournalException.class, this::steppedJournal);
    assertEquals(Reason.HELD, refused.reason());
    journal.close();
    steppedJournal().crash();
    steppedJournal().close();
  }

  @Test
  void aFullDiskRefusesAppendsAndPutsAlone() {
    MemoryJournal journal = new MemoryJournal(disk, () -> 1000, Runnable::run);
    await(journal.append(CHANNEL, new byte[1], "1"));
    journal.full(true);
    assertEquals(Reason.NO_SPACE, refusal(journal.append(CHANNEL, new byte[1], "2")));
    assertEquals(Reason.NO_SPACE, refusal(journal.put(CHANNEL, List.of())));
    assertTrue(await(journal.write(CHANNEL, 0, List.of(), new byte[1])));
    await(journal.trim(CHANNEL, 1));
    assertTrue(await(journal.delete(CHANNEL, Long.MAX_VALUE)));
  }

  @Test
  void unknownAppendsMayBeStoredOrNot() {
    MemoryJournal journal = new MemoryJournal(disk, () -> 1000, Runnable::run);
    Recording follower = new Recording();
    journal.follow(CHANNEL, 0, follower);
    journal.unknownAppends(1, true);
    assertEquals(Reason.UNKNOWN, refusal(journal.append(CHANNEL, new byte[1], "1")));
    assertEquals(1, follower.heard().size());
    journal.unknownAppends(2, false);
    assertEquals(Reason.UNKNOWN, refusal(journal.append(CHANNEL, new byte[1], "2")));
    assertEquals(Reason.UNKNOWN, refusal(journal.append(CHANNEL, new byte[1], "2")));
    assertEquals(2, await(journal.append(CHANNEL, new byte[1], "2")).position());
    assertEquals(2, follower.heard().size());
  }
}

package io.holdfast.journal;

import static io.holdfast.journal.Futures.await;
import static io.holdfast.journal.Futures.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.JournalException.Reason;
import io.holdfast.journal.MemoryCluster.Fate;
import io.holdfast.journal.MemoryCluster.Vices;
import io.holdfast.journal.MemoryCluster.Ways;
import io.holdfast.journal.MemoryCluster.Witness;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MemoryClusterTest {
  private static final ChannelId CHANNEL = new ChannelId("app", "a");

  private long now = 1_000_000;
  private final MemoryCluster cluster = new MemoryCluster(() -> now, Witness.NONE);

  /** A node's end, each way of which goes on when the test says so. */
  private final class Node {
    private final ArrayDeque<Runnable> calls = new ArrayDeque<>();
    private final ArrayDeque<Runnable> answers = new ArrayDeque<>();
    private final ArrayDeque<Runnable> announcements = new ArrayDeque<>();
    private final ArrayDeque<Fate> fates = new ArrayDeque<>();
    private int copies = 1;
    private boolean again;
    private final MemoryLink link =
        cluster.link(
            new Ways(calls::add, answers::add, announcements::add),
            new Vices() {
              @Override
              public Fate fate(boolean write) {
                Fate next = write ? fates.poll() : null;
                return next == null ? Fate.ANSWERED : next;
              }

              @Override
              public boolean storesAgain(byte[] entry) {
                return again;
              }

              @Override
              public int announcements() {
                return copies;
              }
            });

    private CompletableFuture<Journal.Appended> append(String text) {
      return link.append(CHANNEL, text.getBytes(StandardCharsets.UTF_8), text);
    }

    /** Appends what is answered or not. */
    private void sends(String text) {
      var _ = append(text);
    }

    private static void run(ArrayDeque<Runnable> tasks) {
      while (!tasks.isEmpty()) {
        tasks.remove().run();
      }
    }

    private void runAll() {
      while (!calls.isEmpty() || !answers.isEmpty() || !announcements.isEmpty()) {
        run(calls);
        run(announcements);
        run(answers);
      }
    }
  }

  private final Node one = new Node();
  private final Node two = new Node();

  private List<String> log() {
    return cluster.existing(CHANNEL).after(0).stream().map(MemoryClusterTest::text).toList();
  }

  private static String text(StoredEntry entry) {
    return new String(entry.bytes(), StandardCharsets.UTF_8);
  }

  private static List<String> heard(Recording follower) {
    return follower.heard().stream().map(MemoryClusterTest::text).toList();
  }

  private void timeout() {
    now += MemoryLink.TIMEOUT;
    one.link.beat();
    two.link.beat();
  }

  /** The port's own suite, over links that run by themselves. */
  abstract static class Suite extends JournalContract {
    private final Random random = new Random(1);
    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final MemoryCluster servers = new MemoryCluster(clock::get, Witness.NONE);
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1);
    private @Nullable Future<?> passing;
    private volatile boolean held;

    abstract Vices vices(Random by);

    @Override
    protected Journal open() {
      MemoryLink link = servers.link(new Ways(thread, thread, thread), vices(random));
      if (passing != null) {
        passing.cancel(false);
        thread.purge();
      }
      passing =
          thread.scheduleWithFixedDelay(
              () -> {
                // time passes when there is nothing else to be waited for
                if (!held && thread.getQueue().isEmpty()) {
                  clock.addAndGet(MemoryLink.TIMEOUT);
                }
                link.beat();
                link.check();
              },
              2,
              2,
              TimeUnit.MILLISECONDS);
      return link;
    }

    @Override
    protected void holdCommits(boolean hold) {
      held = hold;
      servers.hold(hold);
    }

    @AfterEach
    void stop() {
      thread.shutdownNow();
    }
  }

  @Nested
  class OnAGoodDay extends Suite {
    @Override
    Vices vices(Random by) {
      return Vices.NONE;
    }
  }

  @Nested
  class OnABadDay extends Suite {
    @Override
    Vices vices(Random by) {
      return new Vices() {
        @Override
        public Fate fate(boolean write) {
          int roll = by.nextInt(100);
          return roll < 80
              ? Fate.ANSWERED
              : List.of(Fate.UNANSWERED, Fate.LOST, Fate.STUCK).get(roll % 3);
        }

        @Override
        public int announcements() {
          return by.nextInt(4);
        }
      };
    }
  }

  @Test
  void whatANodeStoresIsReadAndHeardByAnother() {
    Recording follower = new Recording();
    two.link.follow(CHANNEL, 0, follower);
    two.runAll();
    var appended = one.append("x");
    one.runAll();
    assertTrue(appended.isDone());
    assertEquals(List.of(), heard(follower));
    var end = two.link.end(CHANNEL);
    Node.run(two.calls);
    Node.run(two.answers);
    assertEquals(await(appended).position(), await(end));
    assertEquals(List.of(), heard(follower));
    Node.run(two.announcements);
    assertEquals(List.of("x"), heard(follower));
  }

  @Test
  void nodesLagBehindEachForItself() {
    Recording first = new Recording();
    Recording second = new Recording();
    one.link.follow(CHANNEL, 0, first);
    two.link.follow(CHANNEL, 0, second);
    one.runAll();
    two.runAll();
    var a = one.append("a");
    var b = one.append("b");
    Node.run(one.calls);
    Node.run(one.answers);
    Node.run(one.calls);
    assertEquals(List.of("a", "b"), log());
    one.announcements.remove().run();
    two.runAll();
    assertEquals(List.of("a"), heard(first));
    assertEquals(List.of("a", "b"), heard(second));
    assertTrue(a.isDone());
    assertFalse(b.isDone());
  }

  @Test
  void aGapInWhatIsAnnouncedIsRead() {
    Recording follower = new Recording();
    two.link.follow(CHANNEL, 0, follower);
    two.runAll();
    two.copies = 0;
    one.sends("lost");
    one.runAll();
    two.copies = 2;
    one.sends("heard");
    one.runAll();
    two.runAll();
    assertEquals(List.of("lost", "heard"), heard(follower));
  }

  @Test
  void whatWasNeverAnnouncedIsFoundByACheck() {
    Recording follower = new Recording();
    two.link.follow(CHANNEL, 0, follower);
    two.runAll();
    two.copies = 0;
    one.sends("x");
    one.runAll();
    two.runAll();
    assertEquals(List.of(), heard(follower));
    two.link.check();
    two.runAll();
    assertEquals(List.of("x"), heard(follower));
  }

  @Test
  void anAppendWhoseAnswerIsLostIsSentAgainAndStoredOnce() {
    one.fates.add(Fate.UNANSWERED);
    var appended = one.append("x");
    one.runAll();
    assertFalse(appended.isDone());
    timeout();
    one.runAll();
    assertEquals(1, await(appended).position());
    assertEquals(List.of("x"), log());
  }

  @Test
  void anAppendMayBeStoredOnceMoreWhenItIsSentAgain() {
    one.fates.add(Fate.UNANSWERED);
    one.again = true;
    var appended = one.append("x");
    one.runAll();
    timeout();
    one.runAll();
    assertEquals(2, await(appended).position());
    assertEquals(List.of("x", "x"), log());
  }

  @Test
  void anAppendThatIsSentAgainLandsBehindThoseOfOthersAndBeforeItsOwnNext() {
    one.fates.add(Fate.LOST);
    var first = one.append("1");
    var second = one.append("2");
    one.runAll();
    await(done(two, two.append("other")));
    timeout();
    one.runAll();
    assertEquals(List.of("other", "1", "2"), log());
    assertTrue(await(second).position() > await(first).position());
  }

  @Test
  void whatIsStuckLandsLateOrNever() {
    one.fates.addAll(List.of(Fate.STUCK, Fate.ANSWERED, Fate.STUCK, Fate.STUCK));
    var appended = one.append("1");
    one.runAll();
    timeout();
    one.runAll();
    assertTrue(appended.isDone());
    var unknown = one.append("2");
    one.runAll();
    now += MemoryLink.PATIENCE + 1;
    one.link.beat();
    assertEquals(Reason.UNKNOWN, refusal(unknown));
    var third = one.append("3");
    one.runAll();
    assertFalse(third.isDone());
    assertEquals(3, cluster.stuck());
    cluster.release(0);
    assertEquals(List.of("1"), log());
    cluster.lose(1);
    cluster.release(0);
    assertEquals(List.of("1", "2"), log());
  }

  @Test
  void patienceIsForWhatWasSentAndNotForWhatWaitsBehindIt() {
    one.fates.add(Fate.LOST);
    var first = one.append("1");
    var second = one.append("2");
    one.runAll();
    now += MemoryLink.PATIENCE + 1;
    one.link.beat();
    assertEquals(Reason.UNKNOWN, refusal(first));
    one.runAll();
    assertTrue(second.isDone());
    var end = one.link.end(CHANNEL);
    now += MemoryLink.PATIENCE + 1;
    one.link.beat();
    assertEquals(Reason.BUSY, refusal(end));
  }

  @Test
  void aManifestThatSomebodyElseHasWrittenIsNotWrittenOver() {
    assertTrue(await(done(one, one.link.write(CHANNEL, 0, List.of(), new byte[1]))));
    assertFalse(await(done(two, two.link.write(CHANNEL, 0, List.of(), new byte[2]))));
    assertTrue(await(done(two, two.link.write(CHANNEL, 1, List.of(), new byte[2]))));
    one.fates.add(Fate.UNANSWERED);
    var unanswered = one.link.write(CHANNEL, 2, List.of(), new byte[3]);
    one.runAll();
    timeout();
    assertTrue(await(done(one, unanswered)));
    assertEquals(3, await(done(two, two.link.manifest(CHANNEL))).version());
  }

  private static <T> CompletableFuture<T> done(Node node, CompletableFuture<T> answer) {
    node.runAll();
    return answer;
  }

  @Test
  void aKilledNodeHearsNothingMoreAndWhatItSentMayArrive() {
    Recording follower = new Recording();
    one.link.follow(CHANNEL, 0, follower);
    one.runAll();
    var arrives = one.append("arrives");
    one.link.kill(false);
    one.runAll();
    assertFalse(arrives.isDone());
    assertEquals(List.of("arrives"), log());
    assertEquals(List.of(), heard(follower));
    Node next = new Node();
    next.sends("stuck");
    next.calls.clear();
    next.link.kill(true);
    await(done(two, two.append("other")));
    cluster.release(0);
    assertEquals(List.of("arrives", "other", "stuck"), log());
  }

  @Test
  void theWitnessHearsBeforeAnybodyElse() {
    List<String> seen = new ArrayList<>();
    MemoryCluster watched =
        new MemoryCluster(
            () -> now,
            new Witness() {
              @Override
              public void stored(ChannelId channel, StoredEntry entry) {
                seen.add(text(entry));
              }

              @Override
              public void deleted(ChannelId channel) {
                seen.add("deleted " + channel);
              }
            });
    ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    MemoryLink link = watched.link(new Ways(tasks::add, tasks::add, tasks::add), Vices.NONE);
    var appended = link.append(CHANNEL, new byte[] {'x'}, "x");
    var deleted = link.delete(CHANNEL, Long.MAX_VALUE);
    tasks.remove().run();
    assertEquals(List.of("x"), seen);
    assertFalse(appended.isDone());
    Node.run(tasks);
    assertTrue(deleted.isDone());
    assertEquals(List.of("x", "deleted app/a"), seen);
    assertNotEquals(0, watched.disk().deletedThrough);
  }
}

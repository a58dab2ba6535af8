package io.holdfast.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.fold.ChannelManifest;
import io.holdfast.fold.Verdict;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.protocol.Message;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LifeTest {
  private final House house = new House();

  private void retireIdle() {
    house.channels.retireIdle();
    house.world.run();
  }

  @Test
  void anIdleChannelWritesWhatChangedLeavesMemoryAndComesBack() {
    String serial = house.published("p", 0, "a");
    house.world.pass(29_000);
    retireIdle();
    assertEquals(List.of(House.ROOM), house.channels.open());
    house.world.pass(2_000);
    retireIdle();
    retireIdle();
    assertEquals(List.of(), house.channels.open());
    house.append("p", 1, serial, "b");
    house.world.run();
    assertEquals(List.of("ab"), house.texts());
    assertEquals(serial, house.published("p", 0, "a"));
  }

  @Test
  void aChannelIsActiveFromItsFirstUseUntilItLeavesMemory() {
    house.channels.compact(House.ROOM);
    house.world.run();
    assertFalse(house.await(house.channels.useIfOpen(House.ROOM)).active());
    house.published("p", 0, "a");
    assertTrue(house.await(house.channels.useIfOpen(House.ROOM)).active());
    house.world.pass(31_000);
    retireIdle();
    retireIdle();
    assertFalse(house.await(house.channels.useIfOpen(House.ROOM)).active());
    assertTrue(house.await(house.channels.use(House.ROOM)).active());
    assertEquals(Occupancy.NONE, house.await(house.channels.use(House.ROOM)).occupancy());
  }

  @Test
  void aChannelWithMembersDoesNotExpireAndIsPurgedWithThem() {
    house.enter("p", 0, "ann");
    house.world.pass(100_000);
    for (int round = 0; round < 2; round++) {
      house.channels.compact(House.ROOM);
      house.world.run();
      house.channels.expire(House.ROOM, house.world.now());
      house.world.run();
    }
    assertEquals(1, house.await(house.channels.members(House.ROOM)).size());
    house.channels.purge(House.ROOM);
    house.world.run();
    assertEquals(List.of(), house.await(house.journal.channels(null, 10)));
    assertEquals(List.of(), house.await(house.channels.members(House.ROOM)));
  }

  @Test
  void aChannelWithSomeoneAttachedStays() {
    Reader reader = house.reader("r").attach();
    house.world.pass(120_000);
    retireIdle();
    retireIdle();
    house.published("p", 0, "x");
    assertEquals(List.of("x"), reader.has());
  }

  @Test
  void workHandedInWhileAChannelLeavesIsDoneByTheNextHandle() {
    house.published("p", 0, "x");
    house.world.pass(31_000);
    retireIdle();
    for (int i = 1; i < 40; i++) {
      house.world.pass(31_000);
      house.channels.retireIdle();
      for (int step = 0; step < i % 7; step++) {
        house.world.step();
      }
      House.Answer answer = house.publish("p", i, "y");
      house.world.run();
      assertNotNull(answer.serial());
    }
    assertEquals(40, house.texts().size());
  }

  @Test
  void aDamagedEntryEndsItsChannelAndNoOther() {
    house.published("p", 0, "x");
    Reader reader = house.reader("r").attach();
    var _ = house.journal.append(House.ROOM, new byte[] {1, 1, 99}, "damaged");
    house.world.run();
    assertEquals(50001, java.util.Objects.requireNonNull(reader.overrun).code());
    ChannelId other = new ChannelId("app", "other");
    House.Answer answer = new House.Answer();
    house.channels.submit(
        other, new Submission(House.publishing("p", 0, "y"), 1, 0, false, answer.verdicts::add));
    house.world.pass(10_000);
    assertNotNull(answer.serial());
  }

  @Test
  void aChannelThatCannotOpenIsTriedOnceASecondAndNotMore() {
    var _ = house.journal.append(House.ROOM, "garbage".getBytes(StandardCharsets.UTF_8), "damaged");
    House.Answer answer = house.publish("p", 0, "x");
    house.world.pass(10_000);
    assertTrue(answer.none());
  }

  @Test
  void aTaskThatFailsOpensTheChannelAnewFromItsLog() {
    house.published("p", 0, "x");
    Reader reader = house.reader("r");
    house.channels.attach(
        House.ROOM,
        new AttachRequest(
            reader,
            "r",
            View.of(House.ROOM.name(), -1L, true),
            null,
            null,
            null,
            House.OWNER,
            attached -> reader.attachment = attached));
    house.world.run();
    house.channels.submit(
        House.ROOM,
        new Submission(
            House.publishing("p", 1, "y"),
            1,
            0,
            false,
            verdict -> {
              throw new IllegalStateException("a fault of ours");
            }));
    house.world.run();
    assertEquals(List.of("x", "y"), house.texts());
  }

  @Test
  void expiryDeletesOldMessagesWithTheirVersionsAndKeepsYoungOnes() {
    String old = house.published("p", 0, "old");
    house.update("p", 1, old, "old too");
    house.enter("p", 2, "ann");
    house.world.pass(100_000);
    long cutoff = house.world.now();
    house.published("p", 3, "young");
    house.channels.compact(House.ROOM);
    house.world.run();
    house.world.pass(11 * 60_000);
    house.channels.compact(House.ROOM);
    house.world.run();
    house.channels.expire(House.ROOM, cutoff);
    house.world.run();
    assertEquals(List.of("young"), house.texts());
    assertEquals(List.of(), house.await(house.channels.versions(House.ROOM, old)));
    assertEquals(
        List.of(),
        house.await(house.channels.presenceHistory(House.ROOM, House.newest(5))).items());
    House.Answer answer = house.append("p", 4, old, "!");
    house.world.run();
    assertEquals(40400, answer.refusal());
    house.restart();
    assertEquals(List.of("young"), house.texts());
  }

  @Test
  void aChannelWhoseNewestEntryIsOldGoesWholeUnlessSomeoneIsThere() {
    house.published("p", 0, "old");
    Reader reader = house.reader("r").attach();
    house.world.pass(100_000);
    house.channels.expire(House.ROOM, house.world.now());
    house.world.run();
    assertNotNull(reader.attachment);
    house.channels.detach(House.ROOM, House.seat("r"), () -> {});
    house.world.run();
    house.channels.expire(House.ROOM, house.world.now());
    house.world.run();
    assertEquals(List.of(), house.await(house.journal.channels(null, 10)));
    assertEquals(List.of(), house.texts());
    String serial = house.published("p", 1, "new");
    assertEquals(List.of("new"), house.texts());
    assertNotNull(serial);
  }

  @Test
  void whatWasSettledIsNotFoldedAgain() {
    for (int i = 0; i < 10; i++) {
      house.published("p", i, "x".repeat(20_000));
    }
    CompletableFuture<Void> settled = house.channels.settle();
    house.world.run();
    assertTrue(settled.isDone());
    byte[] manifest = house.await(house.journal.manifest(House.ROOM)).bytes();
    long end = house.await(house.journal.end(House.ROOM));
    assertEquals(end, ChannelManifest.decode(manifest).through());
    house.restart();
    assertEquals(10, house.texts().size());
  }

  @Test
  void answersThatGrowAreWrittenInProportionToWhatCame() {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(house.published("p", i, "x".repeat(30_000)));
    }
    long before = house.await(house.journal.manifest(House.ROOM)).version();
    int sent = 0;
    for (int i = 0; i < 4_000; i++) {
      house.append("p", 200 + i, answers.get(i % 200), "y".repeat(100));
      house.world.run();
      sent += 100;
    }
    long checkpoints = house.await(house.journal.manifest(House.ROOM)).version() - before;
    // each writes all that grow, some 6 MB
    assertTrue(checkpoints <= 2, checkpoints + " for " + sent + " bytes");
  }

  @Test
  void expiryKeepsTheVersionsOfAnOldMessageThatWasJustChanged() {
    String changed = house.published("p", 0, "first");
    house.update("p", 1, changed, "second");
    String behind = house.published("p", 2, "gone");
    house.update("p", 3, behind, "gone too");
    house.world.pass(100_000);
    long cutoff = house.world.now();
    house.channels.compact(House.ROOM);
    house.world.pass(11 * 60_000);
    house.channels.compact(House.ROOM);
    house.world.run();
    house.update("p", 4, changed, "third");
    house.world.run();
    house.channels.expire(House.ROOM, cutoff);
    house.world.run();
    assertEquals(List.of("third"), house.texts());
    assertEquals(
        List.of("first", "second", "third"),
        house.await(house.channels.versions(House.ROOM, changed)).stream()
            .map(House::text)
            .toList());
    assertEquals(List.of(), house.await(house.channels.versions(House.ROOM, behind)));
  }

  @Test
  void theLogToBeReadAgainIsBoundedThoughLittleChanges() {
    String serial = house.published("p", 0, "");
    String status = "x".repeat(50_000);
    int bytes = 0;
    for (int i = 1; bytes < 10 * house.settings.checkpointBytes(); i++) {
      house.submit(House.appending("p", i, serial, "x", status));
      house.world.run();
      bytes += 50_000;
    }
    io.holdfast.fold.ChannelManifest manifest =
        io.holdfast.fold.ChannelManifest.decode(
            house.await(house.journal.manifest(House.ROOM)).bytes());
    var tail =
        house.await(
            house.journal.read(
                House.ROOM,
                manifest.through(),
                io.holdfast.journal.Direction.FORWARDS,
                100_000,
                Integer.MAX_VALUE));
    long left = tail.stream().mapToLong(entry -> entry.bytes().length).sum();
    assertTrue(left <= 2 * house.settings.checkpointBytes() + 100_000, left + " bytes");
  }

  @Test
  void aFrameSentAgainAfterAFailureIsNotJudgedBeforeItsFirstTryHasLanded() {
    house.published("p", 0, "x");
    house.journal.holdCommits(true);
    House.Answer first = house.publish("p", 1, "y");
    house.world.run();
    failTheRoom();
    assertTrue(first.verdict() instanceof Verdict.Unknown);
    house.journal.full(true);
    House.Answer again = house.publish("p", 1, "y");
    house.world.pass(5_000);
    house.journal.holdCommits(false);
    house.world.pass(5_000);
    assertTrue(again.verdict() instanceof Verdict.Accepted);
    assertEquals(List.of("x", "y"), house.texts());
  }

  @Test
  void aReadUnderWayWhenItsChannelFailsIsAnsweredByTheNextLife() throws Exception {
    house.published("p", 0, "x");
    house.channels.compact(House.ROOM);
    house.world.pass(5_000);
    HistoryQuery all = new HistoryQuery(0, Long.MAX_VALUE, 10, Direction.FORWARDS, null, null);
    CompletableFuture<Page<Message>> page = house.channels.history(House.ROOM, all);
    CompletableFuture<?> objects = house.channels.objects(House.ROOM);
    failTheRoom();
    house.world.pass(5_000);
    assertEquals(1, page.get(0, TimeUnit.SECONDS).items().size());
    assertTrue(objects.isDone());
  }

  /** Has a task fail on the room's lane. */
  private void failTheRoom() {
    AtomicBoolean failed = new AtomicBoolean();
    Subscriber broken =
        (Subscriber)
            Proxy.newProxyInstance(
                Subscriber.class.getClassLoader(),
                new Class<?>[] {Subscriber.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("executor") && !failed.getAndSet(true)) {
                    throw new IllegalStateException("a fault of ours");
                  }
                  return method.getName().equals("executor") ? house.world.thread() : null;
                });
    house.channels.attach(
        House.ROOM,
        new AttachRequest(
            broken, "b", View.of("room", -1L, true), null, null, null, House.OWNER, a -> {}));
    house.world.run();
  }
}

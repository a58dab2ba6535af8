package io.holdfast.channels;

import static io.holdfast.protocol.PresenceAction.ENTER;
import static io.holdfast.protocol.PresenceAction.LEAVE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.fold.Owner;
import io.holdfast.fold.Verdict;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.PresenceMessage;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Several nodes on one log. */
class NeighboursTest {
  private static final long HORIZON = 60_000;
  private static final int BIG = 300_000;
  private final Street street = new Street();
  private final Street.Lot first = street.lot();
  private final Street.Lot second = street.lot();
  private final House one = house(first);
  private final House two = house(second);

  private House house(Street.Lot lot) {
    return new House(street, lot, ChannelSettings.DEFAULT.withResumeHorizon(HORIZON));
  }

  private static List<String> members(House house) {
    return house.await(house.channels.members(House.ROOM)).stream()
        .map(PresenceMessage::clientId)
        .map(Objects::requireNonNull)
        .toList();
  }

  private static List<String> presenceTold(Reader reader) {
    return reader.frames.stream()
        .flatMap(
            frame ->
                switch (frame) {
                  case Frame.Presence presence -> presence.presence().stream();
                  case Frame.Sync sync -> sync.presence().stream();
                  default -> Stream.<PresenceMessage>empty();
                })
        .map(message -> message.action().name())
        .toList();
  }

  private void compact(House house) {
    house.channels.compact(House.ROOM);
    street.world.run();
  }

  @Test
  void whatOneNodeTakesAllDeliver() {
    Reader here = one.reader("a").attach();
    Reader there = two.reader("b").attach();
    String serial = one.published("p", 0, "hello");
    two.append("q", 0, serial, " world");
    street.world.run();
    assertEquals(List.of("hello world"), here.has());
    assertEquals(here.arrivals, there.arrivals);
    assertEquals(List.of("hello world"), one.texts());
    assertEquals(List.of("hello world"), two.texts());
  }

  @Test
  void whoAsksANodeThatLagsIsAnsweredOnceItHasCaughtUp() {
    two.published("q", 0, "before");
    second.lag(true);
    one.published("p", 0, "acknowledged");
    var page = two.channels.history(House.ROOM, House.oldest(10));
    Reader late = two.reader("b");
    late.attach();
    assertFalse(page.isDone());
    assertTrue(late.frames.isEmpty());
    second.lag(false);
    assertEquals(2, page.join().items().size());
    assertEquals(one.texts(), two.texts());
    assertFalse(late.frames.isEmpty());
  }

  @Test
  void aFrameThatComesToASecondNodeIsAppliedOnce() {
    Reader reader = two.reader("b").attach();
    second.lag(true);
    House.Answer sent = one.publish("p", 0, "once");
    street.world.run();
    House.Answer again = two.publish("p", 0, "once");
    street.world.run();
    assertTrue(again.none());
    second.lag(false);
    assertEquals(sent.serial(), again.serial());
    assertEquals(List.of("CREATE once"), reader.arrivals);
    assertEquals(List.of("once"), one.texts());
  }

  @Test
  void whoOpensAChannelWhileItIsWrittenHasNoRecordsThatAreOlderThanTheManifest() {
    one.published("p", 0, "old");
    Street.Lot third = street.lot();
    House three = house(third);
    third.membersFirst(true);
    var members = three.channels.members(House.ROOM);
    street.world.run();
    one.reader("c").attach();
    one.submit(House.present("c", 0, new Owner("boot0", 1), ENTER, "ann"));
    street.world.run();
    one.published("p", 1, "settled");
    street.world.pass(2 * HORIZON);
    one.published("p", 2, "new");
    compact(one);
    third.membersFirst(false);
    assertEquals(List.of("ann"), members.join().stream().map(PresenceMessage::clientId).toList());
  }

  @Test
  void whatMayBeStoredYetIsNotRefusedWhenItComesAgainToTheSameNode() {
    one.published("p", 0, "before");
    first.doubt();
    House.Answer sent = one.publish("p", 1, "once");
    street.world.run();
    assertTrue(sent.verdict() instanceof Verdict.Unknown);
    first.full(true);
    House.Answer again = one.publish("p", 1, "once");
    House.Answer other = one.publish("p", 2, "another");
    street.world.pass(2_000);
    assertTrue(again.verdict() instanceof Verdict.Unknown);
    assertTrue(other.verdict() instanceof Verdict.Refused);
    first.full(false);
    first.stick(false);
    assertEquals(List.of("before", "once"), one.texts());
    assertTrue(one.publish("p", 1, "once").none());
    street.world.run();
    assertEquals(List.of("before", "once"), two.texts());
  }

  @Test
  void checkpointsOfTwoNodesDoNotUndoOneAnother() {
    String serial = one.published("p", 0, "x");
    Reader reader = two.reader("b").attach();
    for (int i = 1; i <= 40; i++) {
      House by = i % 2 == 0 ? one : two;
      by.append("p" + i % 2, i, serial, "" + i % 10);
      by.publish("big" + i % 2, i, "y".repeat(BIG));
      street.world.run();
      if (i % 7 == 0) {
        second.lag(i % 14 == 0);
      } else if (i % 14 == 8) {
        comeBack(reader);
      } else if (i % 14 == 10) {
        street.world.pass(HORIZON);
        compact(one);
        compact(two);
      }
    }
    second.lag(false);
    comeBack(reader);
    String text = reader.texts.get(serial);
    assertEquals(41, Objects.requireNonNull(text).length());
    assertEquals(text, text(one, serial));
    assertEquals(text, text(two, serial));
    House three = house(street.lot());
    assertEquals(one.texts(), three.texts());
  }

  /** A node so far behind that it cannot tell what happened ends attachments, to be resumed. */
  private static void comeBack(Reader reader) {
    if (reader.overrun != null) {
      reader.lose();
      reader.resume(null);
      reader.house.world.pass(2_000);
      assertTrue(reader.resumed());
    }
  }

  private static String text(House house, String serial) {
    Message message = house.await(house.channels.message(House.ROOM, serial));
    return message == null ? "" : House.text(message);
  }

  @Test
  void aClientResumesOnAnotherNodeAndMissesNothing() {
    Reader reader = one.reader("r").attach();
    String serial = one.published("p", 0, "a");
    reader.lose();
    one.append("p", 1, serial, "b");
    two.append("q", 0, serial, "c");
    street.world.run();
    Reader moved = two.reader("r");
    moved.attach(reader.serial, null, null, Flags.DEFAULT_MODES);
    street.world.run();
    assertTrue(moved.resumed());
    assertEquals(List.of("abc"), moved.has());
  }

  @Test
  void whatAnotherNodeHasDeletedFromTheLogIsNotResumedFrom() {
    Reader reader = one.reader("r").attach();
    one.published("p", 0, "a");
    reader.lose();
    String place = reader.serial;
    for (int i = 1; i <= 5; i++) {
      one.published("p", i, "more " + i);
      street.world.pass(2 * HORIZON);
    }
    // it has the channel in memory, and thinks that all of it is there
    two.published("q", 0, "b");
    compact(one);
    street.world.pass(2 * HORIZON);
    compact(one);
    Reader moved = two.reader("r");
    moved.attach(place, null, null, Flags.DEFAULT_MODES);
    street.world.run();
    boolean whole = moved.has().size() == 6;
    assertTrue(whole || !moved.resumed(), "resumed with " + moved.has());
  }

  @Test
  void membersOfANodeThatIsGoneLeaveAfterItsLeaseAndTheirGrace() {
    one.submit(House.present("c", 0, new Owner("boot0", 1), ENTER, "ann"));
    two.submit(House.present("d", 0, new Owner("boot1", 1), ENTER, "ben"));
    street.world.run();
    assertEquals(List.of("ann", "ben"), members(two));
    first.kill();
    street.world.pass(15_000);
    assertEquals(List.of("ann", "ben"), members(two));
    street.world.pass(10_000);
    assertEquals(List.of("ben"), members(two));
    street.world.pass(60_000);
    assertEquals(List.of("ben"), members(two));
    House three = house(street.lot());
    assertEquals(List.of("ben"), members(three));
  }

  @Test
  void aNodeThatHeardNobodyGivesMembersOfOthersTheirWholeGraceAfterwards() {
    one.submit(House.present("c", 0, new Owner("boot0", 1), ENTER, "ann"));
    street.world.run();
    assertEquals(List.of("ann"), members(two));
    second.cut(true);
    street.world.pass(40_000);
    first.kill();
    second.cut(false);
    street.world.pass(18_000);
    assertEquals(List.of("ann"), members(two));
    street.world.pass(8_000);
    assertEquals(List.of(), members(two));
  }

  @Test
  void aMemberOfANodeThatWasTakenForGoneAndIsNotIsThereAgain() {
    Reader client = one.reader("c").attach();
    one.submit(House.present("c", 0, new Owner("boot0", 1), ENTER, "ann"));
    street.world.run();
    Reader other = two.reader("d").attach();
    first.cut(true);
    street.world.pass(40_000);
    assertEquals(List.of(), members(two));
    first.cut(false);
    street.world.pass(2_000);
    assertEquals(List.of("ann"), members(one));
    assertEquals(List.of("ann"), members(two));
    assertEquals(List.of("ENTER", "LEAVE", "ENTER"), presenceTold(client));
    assertEquals(List.of("PRESENT", "LEAVE", "ENTER"), presenceTold(other));
    assertNull(client.overrun, "sent away by a channel that failed");
  }

  @Test
  void aMemberThatLeavesOnAnotherNodeIsNotPutBackByItsOwn() {
    one.submit(House.present("c", 0, new Owner("boot0", 1), ENTER, "ann"));
    street.world.run();
    one.reader("c").attach();
    // its transport is lost there, and nobody has noticed
    first.lag(true);
    two.channels.leave(House.ROOM, "c", new Owner("boot1", 2), () -> {});
    street.world.run();
    assertEquals(List.of(), members(two));
    first.lag(false);
    street.world.pass(5_000);
    assertEquals(List.of(), members(one));
    assertEquals(List.of(), members(two));
  }

  @Test
  void aMemberThatCameBackOnAnotherNodeStays() {
    one.submit(House.present("c", 0, new Owner("boot0", 1), ENTER, "ann"));
    street.world.run();
    Reader client = one.reader("c").attach();
    first.kill();
    Reader back = two.reader("c");
    back.serial = client.serial;
    back.comeBack(new Owner("boot1", 5));
    street.world.pass(120_000);
    assertEquals(List.of("ann"), members(two));
  }

  @Test
  void clientsOfAllNodesAreCounted() {
    one.reader("a").attach();
    two.reader("b").attach();
    CompletableFuture<ChannelUse> use = one.channels.use(House.ROOM);
    assertEquals(2, one.await(use).occupancy().connections());
    Reader watcher = two.reader("w").watch("metrics.connections");
    street.world.pass(3_000);
    assertEquals("{\"metrics\":{\"connections\":3}}", watcher.occupancies().getLast());
    one.reader("c").attach();
    street.world.pass(3_000);
    assertEquals("{\"metrics\":{\"connections\":4}}", watcher.occupancies().getLast());
    first.kill();
    street.world.pass(10_000);
    assertEquals("{\"metrics\":{\"connections\":2}}", watcher.occupancies().getLast());
  }

  @Test
  void whatIsNotStoredIsDeliveredOnAllNodesInItsPlace() {
    Reader there = two.reader("b").attach();
    one.published("p", 0, "first");
    second.lag(true);
    one.published("p", 1, "second");
    one.submit(House.publishing("p", 2, "fleeting"), 0, true);
    street.world.run();
    assertEquals(List.of("CREATE first"), there.arrivals);
    second.lag(false);
    street.world.pass(100);
    assertEquals(List.of("CREATE first", "CREATE second", "CREATE fleeting"), there.arrivals);
  }

  @Test
  void nodesThatDieOneAfterTheOtherAreBothMissed() {
    House three = house(street.lot());
    one.submit(House.present("c", 0, new Owner("boot0", 1), ENTER, "ann"));
    two.submit(House.present("d", 0, new Owner("boot1", 1), ENTER, "ben"));
    street.world.run();
    Reader watcher = three.reader("w").attach();
    first.kill();
    street.world.pass(8_000);
    second.kill();
    street.world.pass(120_000);
    assertEquals(List.of(), members(three));
    assertEquals(List.of("PRESENT", "PRESENT", "LEAVE", "LEAVE"), presenceTold(watcher));
  }

  @Test
  void whoLeavesWhileItsNodeIsCutOffIsNoGhost() {
    one.reader("c").attach();
    one.submit(House.present("c", 0, new Owner("boot0", 1), ENTER, "ann"));
    street.world.run();
    two.reader("d").attach();
    first.cut(true);
    street.world.pass(40_000);
    House.Answer left = one.submit(House.present("c", 1, new Owner("boot0", 1), LEAVE, "ann"));
    street.world.run();
    first.cut(false);
    street.world.pass(5_000);
    assertTrue(left.verdict() instanceof Verdict.Accepted);
    assertEquals(List.of(), members(two));
    assertEquals(List.of(), members(one));
  }

  @Test
  void aMemberThatResumesOnANodeThatHasNotHeardOfItStays() {
    Reader client = one.reader("c").attach();
    two.reader("d").attach();
    one.published("p", 0, "x");
    String place = client.serial;
    second.lag(true);
    one.submit(House.present("c", 0, new Owner("boot0", 1), ENTER, "ann"));
    street.world.run();
    client.lose();
    Reader back = two.reader("c");
    back.serial = place;
    back.comeBack(new Owner("boot1", 5));
    street.world.run();
    second.lag(false);
    street.world.pass(100);
    assertTrue(back.resumed());
    // the grace of the transport that has gone
    one.channels.depart(House.ROOM, "c", new Owner("boot0", 1));
    street.world.pass(1_000);
    assertEquals(List.of("ann"), members(two));
  }

  @Test
  void whatIsNotStoredKeepsItsOrderOnOtherNodes() {
    Reader there = two.reader("b").attach();
    one.published("p", 0, "first");
    second.lag(true);
    one.published("p", 1, "second");
    one.submit(House.publishing("p", 2, "e1"), 0, true);
    street.world.run();
    street.world.pass(6);
    second.lag(false);
    one.submit(House.publishing("p", 3, "e2"), 0, true);
    street.world.run();
    street.world.pass(100);
    assertEquals(
        List.of("CREATE first", "CREATE second", "CREATE e1", "CREATE e2"), there.arrivals);
  }

  @Test
  void whoWaitsOnANodeThatWasAwayTooLongIsAnsweredAllTheSame() {
    two.published("q", 0, "before");
    second.lag(true);
    one.published("p", 0, "acknowledged");
    var page = two.channels.history(House.ROOM, House.oldest(10));
    street.world.pass(1_000);
    assertFalse(page.isDone());
    second.lose();
    street.world.pass(10_000);
    assertEquals(2, page.join().items().size());
  }

  private void expire(House house) {
    house.channels.expire(House.ROOM, street.world.now());
    street.world.pass(2_000);
  }

  private boolean nothingIsStored() {
    return one.await(first.journal().channels(null, 10)).isEmpty();
  }

  @Test
  void aChannelExpiresThoughItIsReadOnAnotherNodeAllTheTime() {
    one.published("p", 0, "old");
    street.world.pass(100_000);
    assertEquals(List.of("old"), two.texts());
    expire(one);
    assertTrue(nothingIsStored());
    assertEquals(List.of(), two.texts());
    assertEquals(List.of(), one.texts());
  }

  @Test
  void aChannelDoesNotExpireWhileSomebodyIsThereOnAnotherNode() {
    one.published("p", 0, "old");
    Reader there = two.reader("b").attach();
    street.world.pass(100_000);
    expire(one);
    assertEquals(List.of("old"), two.texts());
    one.published("p", 1, "young");
    assertEquals(List.of("CREATE young"), there.arrivals);
  }

  @Test
  void whatIsAcknowledgedElsewhereMeanwhileKeepsItsChannel() {
    one.published("p", 0, "old");
    street.world.pass(100_000);
    long before = street.world.now();
    first.lag(true);
    two.published("q", 0, "young");
    // nobody is there any more, and the first node does not know what was
    street.world.pass(600_000);
    two.channels.retireIdle();
    street.world.run();
    one.channels.expire(House.ROOM, before);
    street.world.pass(2_000);
    first.lag(false);
    street.world.pass(2_000);
    assertTrue(one.texts().contains("young"));
    assertTrue(two.texts().contains("young"));
  }

  @Test
  void aChannelThatIsDeletedWhileANodeOpensItIsEmptyThere() {
    one.published("p", 0, "old");
    second.lag(true);
    var page = two.channels.history(House.ROOM, House.oldest(10));
    street.world.run();
    assertFalse(page.isDone());
    assertTrue(one.await(first.journal().delete(House.ROOM, Long.MAX_VALUE)));
    second.lag(false);
    street.world.pass(2_000);
    assertEquals(List.of(), page.join().items());
  }

  @Test
  void aNodeThatWasAskedNothingHearsOfADeletionFromTheLog() {
    String serial = one.published("p", 0, "old");
    Reader there = two.reader("b").attach();
    assertEquals(List.of("old"), two.texts());
    assertTrue(one.await(first.journal().delete(House.ROOM, Long.MAX_VALUE)));
    street.world.pass(2_000);
    assertEquals(List.of(), two.texts());
    assertEquals(40_400, refusal(two.append("q", 0, serial, " world")));
    there.lose();
    there.resume(null);
    street.world.pass(2_000);
    assertFalse(there.resumed());
  }

  private int refusal(House.Answer answer) {
    street.world.pass(2_000);
    return answer.refusal();
  }

  @Test
  void whatANodeSaysThatHasNotHeardOfADeletionIsJudgedAsTheOthersJudgeIt() {
    String serial = one.published("p", 0, "old");
    assertEquals(List.of("old"), two.texts());
    second.lag(true);
    assertTrue(one.await(first.journal().delete(House.ROOM, Long.MAX_VALUE)));
    // both go to the log with what is known to be gone there
    House.Answer changed = two.append("q", 0, serial, " world");
    House.Answer published = two.publish("r", 0, "new");
    street.world.run();
    assertTrue(changed.none());
    second.lag(false);
    street.world.pass(2_000);
    House.Answer again = two.append("q", 0, serial, " world");
    House.Answer more = two.publish("r", 0, "new");
    street.world.pass(2_000);
    assertFalse(changed.verdict() instanceof Verdict.Accepted);
    assertFalse(published.verdict() instanceof Verdict.Refused);
    assertEquals(40_400, again.refusal());
    assertTrue(more.verdict() instanceof Verdict.Accepted);
    assertEquals(List.of("new"), one.texts());
    assertEquals(List.of("new"), two.texts());
  }

  @Test
  void whatANodeWritesThatHasNotHeardOfADeletionIsNotKept() {
    for (int i = 0; i < 3; i++) {
      one.published("p", i, "old " + i);
    }
    assertEquals(3, two.texts().size());
    second.lag(true);
    assertTrue(one.await(first.journal().delete(House.ROOM, Long.MAX_VALUE)));
    two.channels.compact(House.ROOM);
    street.world.pass(HORIZON);
    two.channels.compact(House.ROOM);
    street.world.pass(2_000);
    assertTrue(nothingIsStored());
    second.lag(false);
    street.world.pass(2_000);
    one.published("q", 0, "new");
    compact(two);
    assertEquals(List.of("new"), one.texts());
    assertEquals(List.of("new"), house(street.lot()).texts());
  }

  @Test
  void whatOneNodeFindsExpiredNoOtherChanges() {
    Reader here = one.reader("a").attach();
    Reader there = two.reader("b").attach();
    String serial = two.published("p", 0, "old");
    street.world.pass(2 * HORIZON);
    two.published("p", 1, "young");
    street.world.pass(2 * HORIZON);
    compact(one);
    String young = two.published("p", 2, "youngest");
    long before = street.world.now() - HORIZON;
    one.channels.expire(House.ROOM, before);
    street.world.pass(2_000);
    assertEquals(List.of("youngest"), one.texts());
    assertEquals(List.of("youngest"), two.texts());
    assertEquals(40_400, refusal(two.append("q", 0, serial, " world")));
    assertTrue(two.append("q", 1, young, "!").none());
    street.world.run();
    assertEquals(here.arrivals, there.arrivals);
    assertEquals(List.of("youngest!"), one.texts());
    // nothing has grown old, so nothing is said
    long end = one.await(first.journal().end(House.ROOM));
    one.channels.expire(House.ROOM, before);
    street.world.pass(2_000);
    assertEquals(end, one.await(first.journal().end(House.ROOM)));
  }

  @Test
  void aNodeThatLagsIsNotMisledByWhatOthersHaveDeleted() {
    Reader there = two.reader("b").attach();
    String serial = one.published("p", 0, "old");
    street.world.pass(2 * HORIZON);
    one.published("p", 1, "young");
    street.world.pass(2 * HORIZON);
    compact(one);
    two.channels.compact(House.ROOM);
    street.world.run();
    second.lag(true);
    House.Answer changed = one.append("q", 0, serial, " world");
    street.world.run();
    one.channels.expire(House.ROOM, street.world.now() - HORIZON);
    street.world.pass(2_000);
    assertTrue(changed.verdict() instanceof Verdict.Accepted);
    second.lag(false);
    street.world.pass(2_000);
    comeBack(there);
    assertEquals(one.texts(), two.texts());
    House.Answer again = two.append("q", 0, serial, " world");
    street.world.pass(2_000);
    assertEquals(changed.serial(), again.serial());
  }
}

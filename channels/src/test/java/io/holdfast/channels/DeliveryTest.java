package io.holdfast.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.fold.Origin;
import io.holdfast.fold.Part;
import io.holdfast.fold.Publisher;
import io.holdfast.fold.Verdict;
import io.holdfast.journal.Direction;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.MessageAction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveryTest {
  private final House house = new House();

  private int entries() {
    return house
        .await(house.journal.read(House.ROOM, 0, Direction.FORWARDS, 10_000, Integer.MAX_VALUE))
        .size();
  }

  @Test
  void nothingIsAnsweredOrDeliveredBeforeTheJournalHasIt() {
    Reader reader = house.reader("r").attach();
    house.journal.holdCommits(true);
    House.Answer answer = house.publish("p", 0, "x");
    house.world.pass(60_000);
    assertTrue(answer.none());
    assertEquals(List.of(), reader.has());
    assertEquals(List.of(), house.texts());
    house.journal.holdCommits(false);
    house.world.run();
    assertEquals(List.of("x"), reader.has());
    assertEquals(reader.texts.firstKey(), answer.serial());
  }

  @Test
  void whatArrivesDuringAnAppendIsTheNextEntry() {
    house.publish("p", 0, "first");
    house.world.run();
    house.journal.holdCommits(true);
    house.publish("p", 1, "alone");
    house.world.run();
    List<House.Answer> answers = new ArrayList<>();
    for (int i = 2; i < 100; i++) {
      answers.add(house.publish("p", i, "t" + i));
    }
    house.world.run();
    house.journal.holdCommits(false);
    house.world.run();
    assertEquals(3, entries());
    assertEquals(100, house.texts().size());
    List<String> serials = answers.stream().map(House.Answer::serial).toList();
    assertEquals(serials.stream().sorted().toList(), serials);
  }

  @Test
  void everyFrameOfAnEntryCarriesItsOwnPlace() {
    Reader reader = house.reader("r").attach();
    house.journal.holdCommits(true);
    house.publish("p", 0, "first");
    house.world.run();
    for (int i = 1; i < 4; i++) {
      house.publish("p", i, "t");
    }
    house.world.run();
    house.journal.holdCommits(false);
    house.world.run();
    List<String> places =
        reader.all(Frame.Messages.class).stream().map(Frame.Messages::channelSerial).toList();
    assertEquals(4, places.stream().distinct().count());
    assertEquals(places.stream().sorted().toList(), places);
  }

  @Test
  void aSubscriberOfACreateGetsDeltas() {
    Reader reader = house.reader("r").attach();
    String serial = house.published("p", 0, "one");
    house.append("p", 1, serial, " two");
    house.world.run();
    assertEquals(List.of("CREATE one", "APPEND  two"), reader.arrivals);
    assertEquals(List.of("one two"), reader.has());
  }

  @Test
  void aLateSubscriberGetsTheMessageWholeAndThenDeltas() {
    String serial = house.published("p", 0, "one");
    house.append("p", 1, serial, " two");
    house.world.run();
    Reader reader = house.reader("r").attach();
    assertEquals(List.of(), reader.arrivals);
    house.append("p", 2, serial, " three");
    house.world.run();
    house.append("p", 3, serial, " four");
    house.world.run();
    assertEquals(List.of("UPDATE one two three", "APPEND  four"), reader.arrivals);
  }

  @Test
  void moreThan256OlderMessagesAreNotRememberedAndComeWholeAgain() {
    List<String> serials = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      serials.add(house.published("p", i, "m" + i));
    }
    Reader reader = house.reader("r").attach();
    int number = 300;
    for (String serial : serials) {
      house.append("p", number++, serial, "+");
    }
    house.world.run();
    reader.arrivals.clear();
    house.append("p", number++, serials.getLast(), "!");
    house.append("p", number++, serials.getFirst(), "!");
    house.world.run();
    assertEquals(List.of("APPEND !", "UPDATE m0+!"), reader.arrivals);
  }

  @Test
  void messagesCreatedWhileAttachedAreHeldHoweverMany() {
    Reader reader = house.reader("r").attach();
    List<String> serials = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      serials.add(house.published("p", i, "m"));
    }
    reader.arrivals.clear();
    for (int i = 0; i < 600; i++) {
      house.append("p", 600 + i, serials.get(i), "+");
    }
    house.world.run();
    assertEquals(600, reader.arrivals.stream().filter("APPEND +"::equals).count());
  }

  @Test
  void withoutEchoOwnMessagesStayAwayAndComeWholeWhenAnotherChangesThem() {
    Reader reader = house.reader("me");
    reader.echo = false;
    reader.attach();
    String serial = house.published("me", 0, "mine");
    assertEquals(List.of(), reader.arrivals);
    house.append("you", 0, serial, " yours");
    house.world.run();
    house.append("you", 1, serial, " too");
    house.world.run();
    house.append("me", 1, serial, " mine");
    house.world.run();
    house.append("you", 2, serial, " end");
    house.world.run();
    assertEquals(
        List.of("UPDATE mine yours", "APPEND  too", "UPDATE mine yours too mine end"),
        reader.arrivals);
  }

  @Test
  void modesDecideWhatIsHeard() {
    Reader presence = house.reader("a");
    presence.attach(null, null, null, Flags.PRESENCE_SUBSCRIBE);
    Reader messages = house.reader("b");
    messages.attach(null, null, null, Flags.SUBSCRIBE);
    house.world.run();
    house.publish("p", 0, "x");
    house.enter("p", 1, "ann");
    house.world.run();
    assertEquals(List.of(), presence.has());
    assertEquals(1, presence.all(Frame.Presence.class).size());
    assertEquals(List.of("x"), messages.has());
    assertEquals(0, messages.all(Frame.Presence.class).size());
  }

  @Test
  void afterADetachNothingComesAnyMore() {
    Reader reader = house.reader("r").attach();
    List<String> told = new ArrayList<>();
    house.channels.detach(House.ROOM, House.seat("r"), () -> told.add("gone"));
    house.world.run();
    house.published("p", 0, "x");
    assertEquals(List.of("gone"), told);
    assertEquals(List.of(), reader.has());
  }

  @Test
  void aResendInFlightIsAnsweredOnceEachAndStoredOnce() {
    house.journal.holdCommits(true);
    House.Answer first = house.publish("p", 0, "x");
    house.world.run();
    House.Answer again = house.publish("p", 0, "x");
    house.world.run();
    assertTrue(again.none());
    house.journal.holdCommits(false);
    house.world.run();
    assertEquals(List.of("x"), house.texts());
    assertEquals(first.serial(), again.serial());
    assertFalse(house.channels.crowded(House.ROOM));
  }

  @Test
  void aResendInFlightDoesNotCountAgainstTheChannelForEver() {
    House small = new House(settings(1_000, 1 << 20));
    for (int i = 0; i < 20; i++) {
      small.journal.holdCommits(true);
      small.publish("p", i, "x");
      small.world.run();
      small.publish("p", i, "x");
      small.world.run();
      small.journal.holdCommits(false);
      small.world.run();
    }
    assertFalse(small.channels.crowded(House.ROOM));
  }

  private static ChannelSettings settings(long unacked, long checkpoint) {
    ChannelSettings d = ChannelSettings.DEFAULT;
    return new ChannelSettings(
        d.limits(),
        d.recentBytes(),
        d.cacheBytes(),
        checkpoint,
        d.entryBytes(),
        d.objectPageBytes(),
        d.backlogBytes(),
        unacked,
        d.idle(),
        d.resumeHorizon(),
        d.earlierBootGrace());
  }

  @Test
  void aChannelIsCrowdedWhileTooMuchWaits() {
    House small = new House(settings(1_000, 1 << 20));
    small.journal.holdCommits(true);
    for (int i = 0; i < 6; i++) {
      small.publish("p", i, "x");
    }
    assertTrue(small.channels.crowded(House.ROOM));
    small.journal.holdCommits(false);
    small.world.run();
    assertFalse(small.channels.crowded(House.ROOM));
  }

  @Test
  void aResendAfterTheFactIsAnsweredWithTheFirstResult() {
    String serial = house.published("p", 0, "x");
    assertEquals(serial, house.published("p", 0, "x"));
    house.restart();
    assertEquals(serial, house.published("p", 0, "x"));
    assertEquals(List.of("x"), house.texts());
  }

  @Test
  void theSameIdsFromTwoConnectionsAreOnePublishAndBothAreAnswered() {
    Part.Publish part = (Part.Publish) House.publishing("p", 0, "x");
    Origin one = new Origin(new Publisher("p", 0), 0, "key");
    Origin two = new Origin(new Publisher("q", 0), 0, "key");
    House.Answer first = house.submit(new Part.Publish(one, part.messages()));
    House.Answer second = house.submit(new Part.Publish(two, part.messages()));
    house.world.run();
    assertEquals(first.serial(), second.serial());
    assertEquals(List.of("x"), house.texts());
  }

  @Test
  void theSameIdsFromTwoConnectionsAreTakenFromTheSecondIfTheFirstWasRefused() {
    Part.Publish part = (Part.Publish) House.publishing("p", 0, "x");
    house.published("p", 1, "later than the first");
    House.Answer overtaken =
        house.submit(
            new Part.Publish(new Origin(new Publisher("p", 0), 0, "key"), part.messages()));
    House.Answer second =
        house.submit(
            new Part.Publish(new Origin(new Publisher("q", 0), 0, "key"), part.messages()));
    House.Answer follows = house.publish("q", 1, "after it");
    house.world.run();
    assertEquals(50004, overtaken.refusal());
    assertNotNull(second.serial());
    assertNotNull(follows.serial());
    assertEquals(List.of("later than the first", "x", "after it"), house.texts());
  }

  @Test
  void theSameIdsAgainFromTheSameConnectionAreNoWayAroundItsRate() {
    Part.Publish part = (Part.Publish) House.publishing("p", 0, "x");
    int[] tolls = {0};
    for (int i = 0; i < 100; i++) {
      Origin origin = new Origin(new Publisher("p", 0), i, "key");
      Toll toll =
          () -> {
            tolls[0]++;
            return null;
          };
      house.channels.submit(
          House.ROOM,
          new Submission(
              new Part.Publish(origin, part.messages()), 200, 0, false, toll, verdict -> {}));
    }
    house.world.run();
    assertEquals(100, tolls[0]);
    assertEquals(List.of("x"), house.texts());
  }

  @Test
  void whatIsWrongIsRefusedBeforeItIsStored() {
    String serial = house.published("p", 0, "x");
    House.Answer nowhere = house.update("p", 1, serial.replace('0', '1'), "y");
    house.submit(House.changing(MessageAction.DELETE, "p", 2, serial, ""));
    house.world.run();
    House.Answer deleted = house.append("p", 3, serial, "y");
    house.world.run();
    assertEquals(40400, nowhere.refusal());
    assertEquals(40000, deleted.refusal());
    assertEquals(2, entries());
  }

  @Test
  void anAppendIsJudgedWithWhatStillWaitsForItsMessage() {
    String serial = house.published("p", 0, "");
    String half = "x".repeat(200 * 1024);
    house.journal.holdCommits(true);
    House.Answer one = house.append("p", 1, serial, half);
    House.Answer two = house.append("p", 2, serial, half);
    House.Answer three = house.append("p", 3, serial, half);
    House.Answer four = house.append("p", 4, serial, "small");
    house.world.run();
    house.journal.holdCommits(false);
    house.world.run();
    assertNotNull(one.serial());
    assertNotNull(two.serial());
    assertEquals(40009, three.refusal());
    assertNotNull(four.serial());
  }

  @Test
  void aFullDiskRefusesAndTheChannelGoesOn() {
    Reader reader = house.reader("r").attach();
    house.journal.full(true);
    House.Answer refused = house.publish("p", 0, "x");
    house.world.run();
    assertEquals(50005, refused.refusal());
    house.journal.full(false);
    house.published("p", 0, "x");
    assertEquals(List.of("x"), reader.has());
    assertNull(reader.overrun);
  }

  @Test
  void withTheDiskFullChangedRecordsWaitWithoutSpinning() {
    House small = new House(settings(8 << 20, 100));
    small.journal.holdCommits(true);
    small.publish("p", 0, "x");
    small.world.run();
    small.journal.full(true);
    small.journal.holdCommits(false);
    small.world.run();
    assertEquals(List.of("x"), small.texts());
    small.journal.full(false);
    small.world.pass(10_000);
    assertEquals(List.of("x"), small.texts());
  }

  @Test
  void anUnknownOutcomeOfAnEntryThatIsStoredDisconnectsEveryoneAndRepeatsNothing() {
    Reader reader = house.reader("r").attach();
    house.journal.unknownAppends(1, true);
    house.publish("p", 0, "x");
    house.world.run();
    assertEquals(50001, java.util.Objects.requireNonNull(reader.overrun).code());
    Holding held = reader.lose();
    House.Answer resent = house.publish("p", 0, "x");
    reader.resume(held);
    house.world.run();
    assertInstanceOf(Verdict.Accepted.class, resent.verdict());
    assertEquals(List.of("x"), reader.has());
    assertEquals(List.of("x"), house.texts());
  }

  @Test
  void anUnknownOutcomeThatWasNotStoredIsStoredByTheResend() {
    house.journal.unknownAppends(1, false);
    House.Answer answer = house.publish("p", 0, "x");
    house.world.run();
    assertEquals(new Verdict.Unknown(), answer.verdict());
    assertEquals(List.of(), house.texts());
    house.published("p", 0, "x");
    assertEquals(List.of("x"), house.texts());
  }
}

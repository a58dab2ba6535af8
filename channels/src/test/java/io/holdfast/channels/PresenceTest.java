package io.holdfast.channels;

import static io.holdfast.protocol.PresenceAction.ENTER;
import static io.holdfast.protocol.PresenceAction.LEAVE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.fold.Origin;
import io.holdfast.fold.Owner;
import io.holdfast.fold.Part;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.PresenceMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PresenceTest {
  private static final Owner MINE = new Owner("boot0", 7);
  private final House house = new House();

  private List<String> members() {
    return house.await(house.channels.members(House.ROOM)).stream()
        .map(m -> Objects.requireNonNull(m.clientId()))
        .toList();
  }

  private void enter(String connection, long msgSerial, String... clients) {
    house.submit(House.present(connection, msgSerial, MINE, ENTER, clients));
    house.world.run();
  }

  private static List<String> told(Reader reader) {
    List<String> told = new ArrayList<>();
    for (Frame.Presence frame : reader.all(Frame.Presence.class)) {
      frame.presence().forEach(m -> told.add(m.action() + " " + m.clientId()));
    }
    return told;
  }

  @Test
  void thoseAttachedHearWhoComesAndGoes() {
    Reader reader = house.reader("r").attach();
    enter("c", 0, "ann");
    house.submit(House.present("c", 1, MINE, LEAVE, "ann"));
    house.world.run();
    assertEquals(List.of("ENTER ann", "LEAVE ann"), told(reader));
    assertEquals(List.of(), members());
  }

  @Test
  void anAttachmentBeginsWithTheMembersIfThereAreAny() {
    Reader early = house.reader("e").attach();
    assertFalse((early.attached().flags() & Flags.HAS_PRESENCE) != 0);
    assertEquals(List.of(), early.all(Frame.Sync.class));
    enter("c", 0, "ann", "ben");
    Reader late = house.reader("l").attach();
    assertTrue((late.attached().flags() & Flags.HAS_PRESENCE) != 0);
    Frame.Sync sync = late.all(Frame.Sync.class).getFirst();
    assertEquals(2, sync.presence().size());
    assertTrue(Objects.requireNonNull(sync.channelSerial()).endsWith(":"));
  }

  @Test
  void manyMembersComeInPagesOfOneSequence() {
    String heavy = "x".repeat(10_000);
    for (int i = 0; i < 40; i++) {
      PresenceMessage member =
          new PresenceMessage(
              ENTER, "c:" + i + ":0", "m" + i, "c", Data.text(heavy), null, null, 0);
      house.submit(new io.holdfast.fold.Part.Presence(House.origin("c", i), MINE, List.of(member)));
    }
    house.world.run();
    Reader reader = house.reader("r").attach();
    List<Frame.Sync> pages = reader.all(Frame.Sync.class);
    assertTrue(pages.size() > 2);
    assertEquals(40, pages.stream().mapToInt(p -> p.presence().size()).sum());
    List<String> serials =
        pages.stream().map(p -> Objects.requireNonNull(p.channelSerial())).toList();
    assertEquals(1, serials.stream().map(s -> s.substring(0, s.indexOf(':'))).distinct().count());
    for (int i = 0; i < serials.size(); i++) {
      assertEquals(i + 1 == serials.size(), serials.get(i).endsWith(":"));
    }
  }

  @Test
  void aClientMayAskForTheMembersAgain() {
    Reader reader = house.reader("r").attach();
    enter("c", 0, "ann");
    house.channels.sync(House.ROOM, House.seat("r"));
    house.channels.sync(House.ROOM, House.seat("stranger"));
    house.world.run();
    assertEquals(1, reader.all(Frame.Sync.class).size());
  }

  @Test
  void departingEndsOnlyWhatTheOwnerStillAnswersFor() {
    enter("c", 0, "ann");
    house.channels.depart(House.ROOM, "c", new Owner("boot0", 6));
    house.world.run();
    assertEquals(List.of("ann"), members());
    house.channels.depart(House.ROOM, "c", MINE);
    house.world.run();
    assertEquals(List.of(), members());
  }

  @Test
  void aDepartureFindsAnEnterThatIsStillOnItsWay() {
    house.journal.holdCommits(true);
    house.submit(House.present("c", 0, MINE, ENTER, "ann"));
    house.world.run();
    house.submit(House.present("c", 1, MINE, ENTER, "ben"));
    house.channels.leave(House.ROOM, "c", MINE, () -> {});
    house.world.run();
    house.journal.holdCommits(false);
    house.world.run();
    assertEquals(List.of(), members());
  }

  @Test
  void aResumedAttachMovesTheConnectionsMembersToItsTransport() {
    Reader reader = house.reader("c").attach();
    house.submit(House.present("c", 0, MINE, ENTER, "ann"));
    house.world.run();
    reader.lose();
    Owner next = new Owner("boot0", 8);
    reader.comeBack(next);
    house.world.run();
    house.channels.depart(House.ROOM, "c", MINE);
    house.world.run();
    assertEquals(List.of("ann"), members());
    house.channels.depart(House.ROOM, "c", next);
    house.world.run();
    assertEquals(List.of(), members());
  }

  @Test
  void aMoveThatAFailureHasHeldUpStillComesBeforeADepartureThatWaits() {
    for (int steps = 0; steps < 12; steps++) {
      House house = new House();
      Reader reader = house.reader("c").attach();
      house.submit(House.present("c", 0, MINE, ENTER, "ann"));
      house.world.run();
      reader.lose();
      house.journal.unknownAppends(1, false);
      reader.comeBack(new Owner("boot0", 8));
      while (reader.all(Frame.Attached.class).isEmpty()) {
        house.world.step();
      }
      for (int i = 0; i < steps; i++) {
        house.world.step();
      }
      house.channels.depart(House.ROOM, "c", MINE);
      house.world.pass(5_000);
      List<PresenceMessage> members = house.await(house.channels.members(House.ROOM));
      assertEquals(1, members.size(), "after " + steps + " steps");
    }
  }

  @Test
  void membersOfAnEarlierRunLeaveAfterTheirGraceAndOthersStay() {
    enter("c", 0, "ann");
    house.restart();
    Reader reader = house.reader("r").attach();
    house.submit(House.present("d", 0, new Owner("boot1", 1), ENTER, "ben"));
    house.world.pass(29_000);
    assertEquals(List.of("ann", "ben"), members());
    house.world.pass(2_000);
    assertEquals(List.of("ben"), members());
    assertEquals(List.of("ENTER ben", "LEAVE ann"), told(reader));
  }

  @Test
  void membersOfAnEarlierRunThatComeBackInTimeStay() {
    enter("c", 0, "ann");
    house.restart();
    house.submit(House.present("c", 0, new Owner("boot1", 8), ENTER, "ann"));
    house.world.run();
    house.submit(House.present("c", 1, new Owner("boot1", 8), ENTER, "ann"));
    house.world.pass(60_000);
    assertEquals(List.of("ann"), members());
  }

  @Test
  void aChannelOpenedLongAfterTheRestartHasNoMembersOfTheEarlierRun() {
    enter("c", 0, "ann");
    house.restart();
    house.world.pass(120_000);
    Reader reader = house.reader("r").attach();
    house.world.pass(1);
    assertEquals(List.of(), members());
    assertEquals(List.of("LEAVE ann"), told(reader));
  }

  @Test
  void aConnectionHearsOfItsOwnMembersWithoutTheMode() {
    Reader reader = house.reader("c");
    reader.attach(null, null, null, Flags.PRESENCE);
    house.world.run();
    enter("c", 0, "ann");
    enter("d", 0, "ben");
    assertEquals(List.of("ENTER ann"), told(reader));
  }

  @Test
  void oneMemberTooManyIsRefused() {
    for (int i = 0; i < 200; i++) {
      house.submit(House.present("c", i, MINE, ENTER, "m" + i));
    }
    house.world.run();
    House.Answer answer = house.submit(House.present("c", 200, MINE, ENTER, "one more"));
    house.world.run();
    assertEquals(91003, answer.refusal());
    assertEquals(200, members().size());
  }

  @Test
  void aDepartureThatAFullDiskRefusedIsTriedAgain() {
    enter("c", 0, "ann");
    house.journal.full(true);
    house.channels.depart(House.ROOM, "c", MINE);
    house.world.pass(5_000);
    assertEquals(List.of("ann"), members());
    house.journal.full(false);
    house.world.pass(5_000);
    assertEquals(List.of(), members());
  }

  @Test
  void aClientHearsThatItHasLeftOnceTheLogHasIt() {
    List<String> heard = new ArrayList<>();
    enter("c", 0, "ann", "ben");
    house.journal.full(true);
    house.channels.leave(House.ROOM, "c", MINE, () -> heard.add("gone"));
    house.world.pass(5_000);
    assertEquals(List.of(), heard);
    house.journal.full(false);
    house.world.pass(5_000);
    assertEquals(List.of("gone"), heard);
    assertEquals(List.of(), members());
    house.channels.leave(House.ROOM, "c", MINE, () -> heard.add("was not there"));
    house.world.run();
    assertEquals(List.of("gone", "was not there"), heard);
  }

  @Test
  void aClientHearsThatItHasLeftThoughTheChannelFailsMeanwhile() {
    List<String> heard = new ArrayList<>();
    enter("c", 0, "ann");
    house.journal.unknownAppends(1, false);
    house.channels.leave(House.ROOM, "c", MINE, () -> heard.add("gone"));
    house.world.pass(5_000);
    assertEquals(List.of("gone"), heard);
    assertEquals(List.of(), members());
  }

  @Test
  void whoEntersBehindALeaveThatWaitsStays() {
    List<String> heard = new ArrayList<>();
    Reader other = house.reader("d").attach();
    enter("d", 0, "other");
    other.lose();
    enter("c", 0, "ann", "ben");
    house.journal.holdCommits(true);
    house.publish("p", 0, "under way");
    house.world.run();
    house.channels.leave(House.ROOM, "c", MINE, () -> heard.add("gone"));
    // the leave waits for the other's move, and the next to enter does not
    other.resume(null);
    house.submit(House.present("c", 1, new Owner("boot0", 8), ENTER, "ann"));
    house.world.run();
    house.journal.holdCommits(false);
    house.world.run();
    assertEquals(List.of("gone"), heard);
    assertEquals(List.of("other", "ann"), members());
  }

  @Test
  void whoEntersAgainUnderItsIdBehindALeaveThatWaitsStays() {
    List<String> heard = new ArrayList<>();
    Part.Presence enter = (Part.Presence) House.present("c", 0, MINE, ENTER, "ann");
    house.submit(enter);
    house.world.run();
    house.journal.holdCommits(true);
    house.publish("p", 0, "under way");
    house.world.run();
    house.channels.leave(House.ROOM, "c", MINE, () -> heard.add("gone"));
    Origin later = new Origin(enter.origin().publisher(), 1, null);
    house.submit(new Part.Presence(later, new Owner("boot0", 8), enter.messages()));
    house.world.run();
    house.journal.holdCommits(false);
    house.world.run();
    assertEquals(List.of("gone"), heard);
    assertEquals(List.of("ann"), members());
  }

  @Test
  void whoEntersAgainUnderItsIdBehindALeaveThatAFullDiskRefusedStays() {
    List<String> heard = new ArrayList<>();
    Part.Presence enter = (Part.Presence) House.present("c", 0, MINE, ENTER, "ann");
    house.submit(enter);
    house.world.run();
    house.journal.full(true);
    house.channels.leave(House.ROOM, "c", MINE, () -> heard.add("gone"));
    house.world.run();
    house.journal.full(false);
    Origin later = new Origin(enter.origin().publisher(), 1, null);
    house.submit(new Part.Presence(later, new Owner("boot0", 8), enter.messages()));
    house.world.pass(5_000);
    assertEquals(List.of("gone"), heard);
    assertEquals(List.of("ann"), members());
  }

  @Test
  void whoEntersAgainUnderItsIdWhileTheChannelFailsBehindALeaveThatWaitsStays() {
    Part.Presence enter = (Part.Presence) House.present("c", 0, MINE, ENTER, "ann");
    house.submit(enter);
    house.world.run();
    house.journal.full(true);
    house.channels.leave(House.ROOM, "c", MINE, () -> {});
    house.world.run();
    house.journal.full(false);
    house.journal.holdCommits(true);
    Origin later = new Origin(enter.origin().publisher(), 1, null);
    house.submit(new Part.Presence(later, new Owner("boot0", 8), enter.messages()));
    house.world.run();
    house.fail();
    house.world.run();
    house.journal.holdCommits(false);
    house.world.pass(5_000);
    assertEquals(List.of("ann"), members());
  }

  @Test
  void aClientHearsOnceThatItHasLeftThoughItsLeaveWasRefusedInPart() {
    House fresh = new House(onePartAnEntry());
    List<String> heard = new ArrayList<>();
    fresh.submit(House.present("c", 0, MINE, ENTER, "ann", "ben"));
    fresh.world.run();
    fresh.journal.full(true);
    // the departure of the first is refused, and that of the second takes its time
    fresh.world.onTimer =
        () -> {
          fresh.journal.full(false);
          fresh.journal.holdCommits(true);
        };
    fresh.channels.leave(House.ROOM, "c", MINE, () -> heard.add("gone"));
    fresh.world.pass(5_000);
    fresh.journal.holdCommits(false);
    fresh.world.pass(5_000);
    assertEquals(List.of("gone"), heard);
    assertEquals(List.of(), fresh.await(fresh.channels.members(House.ROOM)));
  }

  private static ChannelSettings onePartAnEntry() {
    ChannelSettings usual = ChannelSettings.DEFAULT;
    return new ChannelSettings(
        usual.limits(),
        usual.recentBytes(),
        usual.cacheBytes(),
        usual.checkpointBytes(),
        1,
        usual.objectPageBytes(),
        usual.backlogBytes(),
        usual.unackedBytes(),
        usual.idle(),
        usual.resumeHorizon(),
        usual.earlierBootGrace());
  }

  @Test
  void aLeaveSparesMembersOfALaterTransport() {
    house.submit(House.present("c", 0, new Owner("boot0", 8), ENTER, "ann"));
    house.submit(House.present("c", 1, new Owner("boot0", 6), ENTER, "ben"));
    house.world.run();
    house.channels.leave(House.ROOM, "c", MINE, () -> {});
    house.world.run();
    assertEquals(List.of("ann"), members());
  }

  @Test
  void membersThatAnAttachmentIsPromisedAreToldThoughTheyComeAndGoWhileItRewinds() {
    house.published("p", 0, "past");
    house.journal.holdCommits(true);
    house.submit(House.present("c", 0, MINE, ENTER, "ann"));
    house.world.run();
    Reader reader = house.reader("r");
    reader.writable = false;
    reader.attach(null, new Rewind(1, 0), null, Flags.DEFAULT_MODES);
    house.journal.holdCommits(false);
    house.world.run();
    house.submit(House.present("c", 1, MINE, LEAVE, "ann"));
    house.world.run();
    reader.room();
    assertTrue((reader.attached().flags() & Flags.HAS_PRESENCE) != 0);
    assertEquals(List.of(), reader.all(Frame.Sync.class).getLast().presence());
  }

  @Test
  void whoAsksForTheMembersAgainAndDoesNotReadIsAnsweredOnce() {
    house.enter("p", 0, "ann");
    Reader reader = house.reader("r").attach();
    int before = reader.all(Frame.Sync.class).size();
    reader.writable = false;
    for (int i = 0; i < 100; i++) {
      house.channels.sync(House.ROOM, House.seat("r"));
    }
    house.world.run();
    reader.writable = true;
    house.world.run();
    Objects.requireNonNull(reader.attachment).writable();
    house.world.run();
    assertEquals(before + 1, reader.all(Frame.Sync.class).size());
    house.channels.sync(House.ROOM, House.seat("r"));
    house.world.run();
    assertEquals(before + 2, reader.all(Frame.Sync.class).size());
  }
}

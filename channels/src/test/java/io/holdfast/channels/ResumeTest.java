package io.holdfast.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.fold.Cursor;
import io.holdfast.journal.ChannelId;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.MessageAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResumeTest {
  private static final long HORIZON = 60_000;
  private House house = new House(ChannelSettings.DEFAULT.withResumeHorizon(HORIZON));

  private void compact() {
    house.channels.compact(House.ROOM);
    house.world.run();
  }

  @Test
  void aClientThatStillHoldsItsMessagesGetsDeltasOnly() {
    String serial = house.published("p", 0, "one");
    Reader reader = house.reader("r").attach();
    String other = house.published("p", 1, "other");
    house.append("p", 2, serial, " two");
    house.world.run();
    Holding held = reader.lose();
    house.append("p", 3, serial, " three");
    house.append("p", 4, other, "!");
    house.world.run();
    reader.resume(held);
    assertTrue(reader.resumed());
    assertNull(reader.attached().error());
    assertEquals(List.of("APPEND  three", "APPEND !"), reader.arrivals);
    assertEquals(List.of("one two three", "other!"), reader.has());
  }

  @Test
  void aClientNobodyRemembersGetsEachMessageWholeOnceAndThenDeltas() {
    Reader reader = house.reader("r").attach();
    String serial = house.published("p", 0, "one");
    reader.lose();
    house.append("p", 1, serial, " two");
    house.append("p", 2, serial, " three");
    house.world.run();
    reader.resume(null);
    house.append("p", 3, serial, " four");
    house.world.run();
    assertTrue(reader.resumed());
    assertEquals("APPEND  four", reader.arrivals.getLast());
    assertEquals("UPDATE", reader.arrivals.getFirst().substring(0, 6));
    assertEquals(List.of("one two three four"), reader.has());
  }

  @Test
  void whatWasCreatedMeanwhileComesWithItsDeltas() {
    Reader reader = house.reader("r").attach();
    Holding held = reader.lose();
    String serial = house.published("p", 0, "one");
    house.append("p", 1, serial, " two");
    house.world.run();
    reader.resume(held);
    assertEquals(List.of("CREATE one", "APPEND  two"), reader.arrivals);
  }

  @Test
  void afterARestartTheLogTells() {
    String serial = house.published("p", 0, "one");
    Reader reader = house.reader("r").attach();
    house.append("p", 1, serial, " two");
    house.world.run();
    reader.lose();
    house.append("p", 2, serial, " three");
    house.published("p", 3, "x", "y");
    house.submit(House.changing(MessageAction.DELETE, "p", 4, serial, ""));
    house.enter("p", 5, "ann");
    house.world.run();
    house.restart();
    reader.resume(null);
    assertTrue(reader.resumed());
    assertEquals(List.of("one two three", "x", "y"), reader.has());
    assertTrue(reader.arrivals.contains("DELETE one two three"), reader.arrivals::toString);
    assertEquals(1, reader.all(Frame.Presence.class).size());
    house.published("p", 6, "live");
    assertEquals("CREATE live", reader.arrivals.getLast());
  }

  @Test
  void aLongAbsenceIsReadPageByPageAndNothingIsMissing() {
    Reader reader = house.reader("r").attach();
    house.published("p", 0, "first");
    reader.lose();
    List<String> expected = new ArrayList<>(List.of("first"));
    for (int i = 1; i <= 1_700; i++) {
      house.published("p", i, "m" + i);
      expected.add("m" + i);
    }
    house.restart();
    reader.resume(null);
    assertTrue(reader.resumed());
    assertEquals(expected, reader.has());
    assertEquals(1_700, reader.arrivals.size());
  }

  @Test
  void eventsThatHappenDuringTheReplayComeOnceAndInOrder() {
    Reader reader = house.reader("r").attach();
    house.published("p", 0, "first");
    reader.lose();
    for (int i = 1; i <= 1_200; i++) {
      house.published("p", i, "m" + i);
    }
    house.restart();
    reader.attach(reader.serial, null, null, Flags.DEFAULT_MODES);
    int next = 1_201;
    while (house.world.step()) {
      if (next <= 1_300) {
        house.publish("p", next, "m" + next);
        next++;
      }
    }
    List<String> expected = new ArrayList<>();
    for (int i = 1; i <= 1_300; i++) {
      expected.add("CREATE m" + i);
    }
    assertEquals(expected, reader.arrivals);
  }

  @Test
  void aPlaceInsideAnEntryIsResumedThere() {
    house.journal.holdCommits(true);
    Reader reader = house.reader("r");
    house.journal.holdCommits(false);
    reader.attach();
    house.journal.holdCommits(true);
    house.publish("p", 0, "first");
    house.world.run();
    for (int i = 1; i <= 3; i++) {
      house.publish("p", i, "m" + i);
    }
    house.world.run();
    house.journal.holdCommits(false);
    house.world.run();
    List<Frame.Messages> got = reader.all(Frame.Messages.class);
    String inside = got.get(1).channelSerial();
    for (boolean restarted : List.of(false, true)) {
      reader.lose();
      reader.serial = inside;
      if (restarted) {
        house.restart();
      }
      reader.resume(null);
      assertTrue(reader.resumed());
      assertEquals(List.of("CREATE m2", "CREATE m3"), reader.arrivals);
    }
  }

  @Test
  void aPlaceInTheLastTrimmedEntryIsResumedOnlyIfNothingOfItIsMissing() {
    Reader reader = house.reader("r").attach();
    house.journal.holdCommits(true);
    house.publish("p", 0, "first");
    house.world.run();
    for (int i = 1; i <= 3; i++) {
      house.publish("p", i, "m" + i);
    }
    house.world.run();
    house.journal.holdCommits(false);
    house.world.run();
    String inside = reader.all(Frame.Messages.class).get(1).channelSerial();
    reader.lose();
    house.world.pass(HORIZON + 1);
    house.published("p", 4, "m4");
    house.published("p", 5, "m5");
    compact();
    house.restart();
    reader.serial = inside;
    reader.texts.clear();
    reader.resume(null);
    boolean whole = reader.has().containsAll(List.of("m2", "m3", "m4", "m5"));
    assertTrue(!reader.resumed() || whole, () -> "resumed with " + reader.has());
  }

  @Test
  void whoWasUpToDateWithinTheHorizonResumesAfterCompactionAndRestart() {
    Reader reader = house.reader("r").attach();
    house.published("p", 0, "old");
    house.published("p", 1, "last old");
    house.world.pass(2 * HORIZON);
    reader.lose();
    house.published("p", 2, "new");
    compact();
    house.restart();
    reader.resume(null);
    assertTrue(reader.resumed());
    assertEquals(List.of("CREATE new"), reader.arrivals);
  }

  @Test
  void belowTheTrimPointAnAttachmentBeginsAnewAndSaysSo() {
    Reader reader = house.reader("r").attach();
    house.published("p", 0, "seen");
    reader.lose();
    house.published("p", 1, "missed");
    house.world.pass(2 * HORIZON);
    house.published("p", 2, "newer");
    house.world.pass(2 * HORIZON);
    house.published("p", 3, "newest");
    compact();
    house.restart();
    reader.resume(null);
    assertFalse(reader.resumed());
    ErrorInfo error = Objects.requireNonNull(reader.attached().error());
    assertEquals(90003, error.code());
    assertEquals(List.of(), reader.arrivals);
    house.published("p", 4, "live");
    assertEquals(List.of("CREATE live"), reader.arrivals);
    assertEquals(List.of("seen", "missed", "newer", "newest", "live"), house.texts());
  }

  @Test
  void trimmingBehindASlowReplayNeverMakesItSkip() {
    Reader reader = house.reader("r").attach();
    house.published("p", 0, "first");
    reader.lose();
    for (int i = 1; i <= 1_700; i++) {
      house.published("p", i, "m" + i);
    }
    house.restart();
    reader.attach(reader.serial, null, null, Flags.DEFAULT_MODES);
    while (reader.arrivals.isEmpty() && house.world.step()) {
      reader.writable = false;
    }
    house.world.pass(2 * HORIZON);
    house.published("q", 0, "newest");
    compact();
    reader.room();
    while (reader.overrun == null && house.world.step()) {
      // it goes on as far as it can
    }
    int last = reader.arrivals.size();
    boolean whole = reader.has().contains("m1700") && last == 1_701;
    assertTrue(reader.overrun != null || whole, () -> "skipped after " + last);
  }

  @Test
  void aPlaceOfAnotherGenerationOrNoneAtAllIsNotResumed() {
    house.published("p", 0, "x");
    long generation = house.journal.generation();
    for (String place :
        List.of(
            new Cursor(generation - 1, 1, 0).toString(),
            new Cursor(generation, 9_999, 0).toString(),
            "garbage")) {
      Reader reader = house.reader("r");
      reader.serial = place;
      reader.resume(null);
      assertFalse(reader.resumed(), place);
      assertEquals(90003, Objects.requireNonNull(reader.attached().error()).code());
      house.published("p", 1, "y");
    }
  }

  @Test
  void anEmptyChannelIsResumedFromItsBeginning() {
    Reader reader = house.reader("r").attach();
    reader.lose();
    house.published("p", 0, "x");
    house.restart();
    reader.resume(null);
    assertTrue(reader.resumed());
    assertEquals(List.of("CREATE x"), reader.arrivals);
  }

  @Test
  void rewindByCountBringsTheNewestAsTheyStandAndMarksTheBacklog() {
    String serial = house.published("p", 0, "one");
    house.published("p", 1, "two");
    house.published("p", 2, "three");
    house.append("p", 3, serial, "!");
    house.world.run();
    Reader reader = house.reader("r");
    reader.attach(null, new Rewind(2, 0), null, Flags.DEFAULT_MODES);
    house.world.run();
    assertEquals(List.of("CREATE two", "CREATE three"), reader.arrivals);
    assertTrue((reader.attached().flags() & Flags.HAS_BACKLOG) != 0);
    Reader all = house.reader("s");
    all.attach(null, new Rewind(10, 0), null, Flags.DEFAULT_MODES);
    house.world.run();
    house.append("p", 4, serial, "?");
    house.world.run();
    assertEquals(List.of("UPDATE one!", "CREATE two", "CREATE three", "APPEND ?"), all.arrivals);
  }

  @Test
  void rewindByTimeBringsWhatIsYounger() {
    house.published("p", 0, "old");
    house.world.pass(30_000);
    house.published("p", 1, "young");
    house.world.pass(5_000);
    Reader reader = house.reader("r");
    reader.attach(null, new Rewind(0, 20_000), null, Flags.DEFAULT_MODES);
    house.world.run();
    assertEquals(List.of("CREATE young"), reader.arrivals);
  }

  @Test
  void aDropWithinARewindRepeatsAndNeverSkips() {
    for (int i = 0; i < 5; i++) {
      house.published("p", i, "m" + i);
    }
    Reader reader = house.reader("r");
    reader.attach(null, new Rewind(5, 0), null, Flags.DEFAULT_MODES);
    house.world.run();
    List<Frame.Messages> got = reader.all(Frame.Messages.class);
    Holding held = reader.lose();
    reader.serial = got.get(2).channelSerial();
    reader.texts.keySet().removeIf(s -> s.compareTo(Objects.requireNonNull(reader.serial)) > 0);
    house.published("p", 5, "m5");
    reader.resume(held);
    assertTrue(reader.resumed());
    assertEquals(
        List.of("m0", "m1", "m2", "m3", "m4", "m5").subList(3, 6),
        reader.has().subList(reader.has().size() - 3, reader.has().size()));
  }

  @Test
  void aRewindOfLargeMessagesBringsAllOfThem() {
    String large = "x".repeat(200 * 1024);
    List<String> expected = new ArrayList<>();
    int number = 0;
    for (int i = 0; i < 60; i++) {
      // of one frame, so that a page may end within it
      house.published("p", number++, i + large, i + "!" + large);
      expected.add("CREATE " + i + large);
      expected.add("CREATE " + i + "!" + large);
    }
    Reader reader = house.reader("r");
    reader.attach(null, new Rewind(75, 0), null, Flags.DEFAULT_MODES);
    house.world.run();
    assertEquals(expected.subList(45, 120), reader.arrivals);
    assertTrue((reader.attached().flags() & Flags.HAS_BACKLOG) != 0);
    List<String> places = new ArrayList<>();
    for (Frame.Messages frame : reader.all(Frame.Messages.class)) {
      String serial = Objects.requireNonNull(frame.messages().getFirst().serial());
      if (frame.channelSerial() != null) {
        places.add(serial);
        assertTrue(serial.startsWith(frame.channelSerial()) && serial.endsWith("1"), serial);
      }
    }
    // a page's end tells no place where the frame goes on in the next
    assertTrue(places.size() > 30, "places " + places.size());
    house.published("p", number, "live");
    assertEquals("CREATE live", reader.arrivals.getLast());
  }

  /** A reader that was told of its attachment and of nothing more, and is back. */
  private Reader cutBeforeTheFirst(Rewind rewind, Runnable meanwhile) {
    Reader reader = house.reader("r");
    reader.attach(null, rewind, null, Flags.DEFAULT_MODES);
    house.world.run();
    String told = reader.attached().channelSerial();
    Holding held = reader.lose();
    reader.texts.clear();
    meanwhile.run();
    reader.attach(told, rewind, held, Flags.DEFAULT_MODES);
    house.world.run();
    return reader;
  }

  @Test
  void whatWasPromisedAndNotSentIsRewoundAfterTheCut() {
    String first = house.published("p", 0, "a");
    house.published("p", 1, "b");
    Runnable meanwhile =
        () -> {
          house.append("p", 2, first, "!");
          house.published("p", 3, "c");
        };
    Reader reader = cutBeforeTheFirst(new Rewind(2, 0), meanwhile);
    assertTrue(reader.resumed());
    assertTrue((reader.attached().flags() & Flags.HAS_BACKLOG) != 0);
    assertEquals(List.of("UPDATE a!", "CREATE b", "CREATE c"), reader.arrivals);
    house.append("p", 4, first, "?");
    house.world.run();
    assertEquals("APPEND ?", reader.arrivals.getLast());
  }

  @Test
  void aRestartOfTheNodeForgetsNoPromise() {
    house.published("p", 0, "a");
    house.published("p", 1, "b");
    Reader reader = cutBeforeTheFirst(new Rewind(2, 0), house::restart);
    assertTrue(reader.resumed());
    assertEquals(List.of("CREATE a", "CREATE b"), reader.arrivals);
  }

  @Test
  void aRewindByTimeStillBeginsWhereItBeganBeforeTheCut() {
    house.published("p", 0, "a");
    house.world.pass(8_000);
    house.published("p", 1, "b");
    Reader reader = cutBeforeTheFirst(new Rewind(0, 10_000), () -> house.world.pass(5_000));
    assertEquals(List.of("CREATE a", "CREATE b"), reader.arrivals);
  }

  @Test
  void whoHasGotAllOfARewindIsOwedNothing() {
    house.published("p", 0, "a");
    house.published("p", 1, "b");
    Rewind rewind = new Rewind(2, 0);
    Reader reader = house.reader("r");
    reader.attach(null, rewind, null, Flags.DEFAULT_MODES);
    house.world.run();
    Holding held = reader.lose();
    reader.attach(reader.serial, rewind, held, Flags.DEFAULT_MODES);
    house.world.run();
    assertTrue(reader.resumed());
    assertEquals(List.of(), reader.arrivals);
  }

  @Test
  void aRewindCountsOnlyWithoutAPlaceToResumeFrom() {
    house.published("p", 0, "x");
    Reader reader = house.reader("r").attach();
    Holding held = reader.lose();
    reader.attach(reader.serial, new Rewind(5, 0), held, Flags.DEFAULT_MODES);
    house.world.run();
    assertEquals(List.of(), reader.arrivals);
  }

  @Test
  void anyMixOfCutsAndResumesEndsWithThePublishersText() {
    for (int seed = 0; seed < 100; seed++) {
      house = new House(ChannelSettings.DEFAULT.withResumeHorizon(HORIZON));
      new RandomReader(seed).go();
    }
  }

  /** A reader that is slow and cut at random while messages change. */
  private final class RandomReader {
    private final Random random;
    private final List<String> serials = new ArrayList<>();
    private final Reader reader = house.reader("r");
    private final int seed;
    private int number;

    RandomReader(int seed) {
      this.seed = seed;
      this.random = new Random(seed);
      reader.echo = random.nextBoolean();
    }

    void go() {
      reader.attach();
      for (int i = 0; i < 150; i++) {
        step();
        if (random.nextInt(3) == 0) {
          house.world.run();
        }
      }
      for (String serial : serials) {
        house.append("end", number++, serial, ".");
      }
      house.world.run();
      reader.room();
      if (reader.overrun != null || reader.attachment == null) {
        reader.lose();
        reader.resume(null);
      }
      assertEquals(house.texts(), shown(), "seed " + seed);
    }

    private List<String> shown() {
      return reader.has().stream().map(t -> t.isEmpty() ? "DELETE" : t).toList();
    }

    private void step() {
      String who = random.nextBoolean() ? "r" : "p";
      int kind = serials.isEmpty() ? 0 : random.nextInt(12);
      switch (kind) {
        case 0, 1 -> {
          House.Answer answer = house.publish(who, number++, "m" + number);
          house.world.run();
          serials.add(answer.serial());
        }
        case 2 -> house.update(who, number++, one(), "u" + number);
        case 3, 4, 5, 6, 7 -> house.append(who, number++, one(), "+" + number);
        case 8 -> reader.writable = false;
        case 9 -> reader.room();
        case 10 -> {
          house.world.run();
          Holding held = reader.lose();
          if (random.nextInt(3) == 0) {
            house.restart();
            held = null;
          }
          reader.resume(random.nextBoolean() ? held : null);
          assertTrue(reader.resumed());
        }
        default -> compact();
      }
      assertNotNull(reader.frames);
    }

    private String one() {
      return serials.get(random.nextInt(serials.size()));
    }
  }

  @Test
  void aPlaceInAChannelThatWasDeletedAndMadeAgainIsNotResumed() {
    Reader reader = house.reader("r").attach();
    house.published("p", 0, "one");
    reader.lose();
    house.published("p", 1, "missed");
    deleteTheRoom();
    house.published("p", 2, "new");
    reader.attach(reader.serial, null, null, Flags.DEFAULT_MODES);
    house.world.run();
    assertFalse(reader.resumed());
  }

  @Test
  void aPlaceInAnEmptyChannelThatWasDeletedBeforeIsResumed() {
    house.published("p", 0, "one");
    deleteTheRoom();
    Reader reader = house.reader("r").attach();
    reader.lose();
    house.published("p", 1, "new");
    reader.attach(reader.serial, null, null, Flags.DEFAULT_MODES);
    house.world.run();
    assertTrue(reader.resumed());
    assertEquals(List.of("CREATE new"), reader.arrivals);
  }

  @Test
  void aChannelWithoutAManifestKeepsItsPlacesWhenAnotherIsDeleted() {
    house.published("p", 0, "one");
    Reader reader = house.reader("r").attach();
    reader.lose();
    house.published("p", 1, "two");
    var _ = house.journal.append(new ChannelId("app", "other"), new byte[] {1}, "other");
    house.await(house.journal.delete(new ChannelId("app", "other"), Long.MAX_VALUE));
    house.restart();
    reader.attach(reader.serial, null, null, Flags.DEFAULT_MODES);
    house.world.run();
    assertTrue(reader.resumed());
    assertEquals(List.of("CREATE two"), reader.arrivals);
  }

  private void deleteTheRoom() {
    house.world.pass(100L * 24 * 3_600_000);
    house.channels.compact(House.ROOM);
    house.world.run();
    house.channels.expire(House.ROOM, house.world.now() - 90L * 24 * 3_600_000);
    house.world.run();
    assertEquals(List.of(), house.await(house.journal.channels(null, 10)));
  }
}

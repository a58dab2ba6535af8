package io.holdfast.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.fold.Entry;
import io.holdfast.fold.EntryCodec;
import io.holdfast.fold.Part;
import io.holdfast.fold.Publisher;
import io.holdfast.fold.Verdict;
import io.holdfast.journal.Direction;
import io.holdfast.protocol.Frame;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RollupTest {
  private static final int WINDOW = 40;
  private final House house = new House();
  private final Reader reader = house.reader("r").attach();
  private final String one = house.published("p", 0, "");
  private final String two = house.published("q", 0, "");
  private int number = 1;

  RollupTest() {
    reader.arrivals.clear();
  }

  private House.Answer append(String serial, String text) {
    House.Answer answer = house.appendWithin(WINDOW, "p", number++, serial, text);
    house.world.run();
    return answer;
  }

  private List<Part> lastEntry() {
    var entries =
        house.await(house.journal.read(House.ROOM, Long.MAX_VALUE, Direction.BACKWARDS, 1, 1));
    Entry entry = EntryCodec.decode(entries.getFirst().bytes());
    return entry.parts();
  }

  @Test
  void theFirstAppendGoesAtOnceAndLaterOnesWaitForTheWindow() {
    append(one, "a");
    append(one, "b");
    append(one, "c");
    assertEquals(List.of("APPEND a"), reader.arrivals);
    house.world.pass(WINDOW - 1);
    assertEquals(List.of("APPEND a"), reader.arrivals);
    house.world.pass(1);
    assertEquals(List.of("APPEND a", "APPEND bc"), reader.arrivals);
  }

  @Test
  void windowsFollowEachOtherWhileThereAreAppendsAndAQuietOneEndsThem() {
    append(one, "a");
    append(one, "b");
    house.world.pass(WINDOW);
    append(one, "c");
    assertEquals("APPEND b", reader.arrivals.getLast());
    house.world.pass(WINDOW);
    assertEquals("APPEND c", reader.arrivals.getLast());
    house.world.pass(WINDOW);
    append(one, "d");
    assertEquals("APPEND d", reader.arrivals.getLast());
  }

  @Test
  void aWindowIsOneEntryWithOnePartPerMessageInOrderOfFirstArrival() {
    append(one, "-");
    append(two, "a");
    append(one, "b");
    append(two, "c");
    append(one, "d");
    house.world.pass(WINDOW);
    List<Part> parts = lastEntry();
    assertEquals(2, parts.size());
    assertEquals(two, ((Part.Append) parts.get(0)).target());
    assertEquals(one, ((Part.Append) parts.get(1)).target());
    assertEquals(List.of("APPEND -", "APPEND ac", "APPEND bd"), reader.arrivals);
  }

  @Test
  void everyFrameIsAnsweredWithTheVersionOfItsPart() {
    append(one, "-");
    House.Answer a = append(one, "a");
    House.Answer b = append(one, "b");
    assertTrue(a.none());
    house.world.pass(WINDOW);
    assertEquals(a.serial(), b.serial());
    Frame.Messages frame = reader.all(Frame.Messages.class).getLast();
    assertEquals(
        a.serial(), Objects.requireNonNull(frame.messages().getFirst().version()).serial());
  }

  @Test
  void aWindowOfZeroWaitsForNothing() {
    for (int i = 0; i < 3; i++) {
      house.appendWithin(0, "p", number++, one, "x" + i);
      house.world.run();
    }
    assertEquals(List.of("APPEND x0", "APPEND x1", "APPEND x2"), reader.arrivals);
  }

  @Test
  void anotherFrameOfThePublisherLetsTheWindowOutFirst() {
    append(one, "a");
    append(one, "b");
    house.publish("p", number++, "new");
    house.world.run();
    assertEquals(List.of("APPEND a", "APPEND b", "CREATE new"), reader.arrivals);
  }

  @Test
  void aTerminalStatusLetsTheWindowOut() {
    append(one, "a");
    append(one, "b");
    house.submit(House.appending("p", number++, one, "c", "streaming"), WINDOW, false);
    house.world.run();
    assertEquals(List.of("APPEND a"), reader.arrivals);
    house.submit(House.appending("p", number++, one, "d", "complete"), WINDOW, false);
    house.world.run();
    assertEquals(List.of("APPEND a", "APPEND bcd"), reader.arrivals);
  }

  @Test
  void anotherPublishersFrameForAMessageComesBehindWhatWaitsForIt() {
    append(one, "a");
    append(one, "b");
    house.appendWithin(WINDOW, "q", 1, one, "!");
    house.world.run();
    assertEquals(List.of("APPEND a", "APPEND b", "APPEND !"), reader.arrivals);
    append(two, "-");
    append(two, "c");
    house.update("q", 2, two, "new");
    house.world.run();
    assertEquals("UPDATE new", reader.arrivals.getLast());
    assertEquals("APPEND c", reader.arrivals.get(reader.arrivals.size() - 2));
  }

  @Test
  void anotherPublishersFrameElsewhereLeavesTheWindow() {
    append(one, "a");
    append(one, "b");
    house.appendWithin(WINDOW, "q", 1, two, "!");
    house.publish("q", 2, "new");
    house.world.run();
    assertEquals(List.of("APPEND a", "APPEND !", "CREATE new"), reader.arrivals);
  }

  @Test
  void flushingLetsAPublishersWindowOut() {
    append(one, "a");
    append(one, "b");
    house.channels.flushRollup(House.ROOM, new Publisher("q", 0));
    house.world.run();
    assertEquals(List.of("APPEND a"), reader.arrivals);
    house.channels.flushRollup(House.ROOM, new Publisher("p", 0));
    house.world.run();
    assertEquals(List.of("APPEND a", "APPEND b"), reader.arrivals);
    append(one, "c");
    append(one, "d");
    house.channels.flushAllRollups();
    house.world.run();
    assertEquals("APPEND d", reader.arrivals.getLast());
  }

  @Test
  void aResendOfAFrameInTheWindowIsAnsweredWithIt() {
    append(one, "a");
    House.Answer first = append(one, "b");
    number--;
    House.Answer again = append(one, "b");
    house.world.pass(WINDOW);
    assertEquals(first.serial(), again.serial());
    assertEquals(List.of("APPEND a", "APPEND b"), reader.arrivals);
  }

  @Test
  void aFrameOverTheLimitIsRefusedAloneWhateverWaits() {
    String big = "x".repeat(250 * 1024);
    append(one, "a");
    House.Answer fits = append(one, big);
    House.Answer fitsToo = append(one, big);
    House.Answer tooMuch = append(one, big);
    House.Answer small = append(one, "b");
    house.world.pass(WINDOW);
    assertNotNull(fits.serial());
    assertNotNull(fitsToo.serial());
    assertEquals(40009, tooMuch.refusal());
    assertNotNull(small.serial());
  }

  @Test
  void aWindowThatHoldsALotGoesEarly() {
    append(one, "a");
    House.Answer big = append(one, "x".repeat(70 * 1024));
    assertNotNull(big.serial());
  }

  @Test
  void aCrashWithAnOpenWindowLosesNothingThatWasAnswered() {
    append(one, "a");
    House.Answer waiting = append(one, "b");
    house.restart();
    assertTrue(waiting.none());
    number = 1;
    append(one, "a");
    House.Answer resent = append(one, "b");
    house.world.pass(WINDOW);
    assertTrue(resent.verdict() instanceof Verdict.Accepted);
    assertEquals(List.of("ab", ""), house.texts());
  }
}

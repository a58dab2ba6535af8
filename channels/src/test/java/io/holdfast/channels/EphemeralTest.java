package io.holdfast.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Frame;
import java.util.List;
import org.junit.jupiter.api.Test;

class EphemeralTest {
  private final House house = new House();
  private final Reader reader = house.reader("r").attach();

  private House.Answer ephemeral(long msgSerial, String text) {
    return house.submit(House.publishing("p", msgSerial, text), 0, true);
  }

  @Test
  void anEphemeralIsDeliveredWithoutAPlaceAndNeverStored() {
    house.published("p", 0, "stored");
    House.Answer answer = ephemeral(1, "gone");
    house.world.run();
    assertEquals(List.of("CREATE stored", "CREATE gone"), reader.arrivals);
    assertNull(reader.all(Frame.Messages.class).getLast().channelSerial());
    assertTrue(answer.verdict() instanceof io.holdfast.fold.Verdict.Accepted);
    assertEquals(List.of("stored"), house.texts());
  }

  @Test
  void itWaitsForWhatItsPublisherSentBeforeAndGoesBeforeWhatCameAfter() {
    house.journal.holdCommits(true);
    house.publish("p", 0, "a");
    ephemeral(1, "b");
    house.publish("p", 2, "c");
    ephemeral(3, "d");
    house.world.run();
    assertEquals(List.of(), reader.arrivals);
    house.journal.holdCommits(false);
    house.world.run();
    assertEquals(List.of("CREATE a", "CREATE b", "CREATE c", "CREATE d"), reader.arrivals);
    assertEquals(List.of("a", "b", "c", "d"), reader.has());
  }

  @Test
  void itsSerialSortsInItsPlace() {
    house.published("p", 0, "a");
    ephemeral(1, "b");
    ephemeral(2, "c");
    house.world.run();
    house.published("p", 3, "d");
    assertEquals(List.of("a", "b", "c", "d"), reader.has());
  }

  @Test
  void itLetsItsPublishersWindowOutFirst() {
    String serial = house.published("p", 0, "");
    house.appendWithin(40, "p", 1, serial, "a");
    house.appendWithin(40, "p", 2, serial, "b");
    ephemeral(3, "e");
    house.world.run();
    assertEquals(List.of("CREATE ", "APPEND a", "APPEND b", "CREATE e"), reader.arrivals);
  }

  @Test
  void afterTwoSecondsItIsDroppedAndAnswered() {
    house.journal.holdCommits(true);
    house.publish("p", 0, "a");
    House.Answer answer = ephemeral(1, "late");
    house.world.pass(2_001);
    house.journal.holdCommits(false);
    house.world.run();
    assertEquals(List.of("CREATE a"), reader.arrivals);
    assertTrue(answer.verdict() instanceof io.holdfast.fold.Verdict.Accepted);
  }

  @Test
  void withoutEchoItsPublisherDoesNotHearIt() {
    Reader me = house.reader("p");
    me.echo = false;
    me.attach();
    ephemeral(0, "x");
    house.world.run();
    assertEquals(List.of(), me.arrivals);
    assertEquals(List.of("CREATE x"), reader.arrivals);
  }

  @Test
  void itIsDeliveredOnceThoughItsPublisherSendsItAgain() {
    ephemeral(0, "tick");
    house.world.run();
    House.Answer again = ephemeral(0, "tick");
    house.world.run();
    assertEquals(List.of("CREATE tick"), reader.arrivals);
    assertTrue(again.verdict() instanceof io.holdfast.fold.Verdict.Accepted);
  }
}

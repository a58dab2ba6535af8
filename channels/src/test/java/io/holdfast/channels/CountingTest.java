package io.holdfast.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

class CountingTest {
  private final House house = new House();

  private Reader watcher(String connection, String occupancy) {
    return house.reader(connection).watch(occupancy);
  }

  private static List<String> told(Reader reader) {
    return reader.occupancies();
  }

  @Test
  void whoAsksIsToldAtOnceAndInTheFormClientsKnow() {
    Reader reader = watcher("a", "metrics");
    assertEquals(
        List.of(
            "{\"metrics\":{\"connections\":1,\"presenceConnections\":1,\"presenceMembers\":0,"
                + "\"presenceSubscribers\":1,\"publishers\":1,\"subscribers\":1,"
                + "\"objectPublishers\":0,\"objectSubscribers\":0}}"),
        told(reader));
    Message message = reader.all(Frame.Messages.class).getFirst().messages().getFirst();
    assertEquals("json", message.encoding());
    assertTrue(message.serial() == null && message.clientId() == null);
  }

  @Test
  void aConnectionCountsOnceHoweverManyNamesItIsAttachedBy() {
    house.reader("a").attach(Flags.SUBSCRIBE | Flags.PUBLISH);
    Reader derived = house.reader("a");
    View view = View.of("[?rewind=1]" + House.ROOM.name(), Flags.SUBSCRIBE | Flags.PRESENCE, true);
    house.channels.attach(
        House.ROOM,
        new AttachRequest(derived, "a", view, null, null, null, House.OWNER, attachment -> {}));
    house.reader("b").attach(Flags.SUBSCRIBE);
    house.world.run();
    Occupancy counted = house.await(house.channels.use(House.ROOM)).occupancy();
    assertEquals(new Occupancy(2, 1, 0, 0, 1, 2, 0, 0), counted);
  }

  @Test
  void onlyThePartThatWasAskedForIsTold() {
    Reader reader = watcher("a", "metrics.presenceMembers");
    assertEquals(List.of("{\"metrics\":{\"presenceMembers\":0}}"), told(reader));
    house.reader("b").attach();
    house.world.pass(20_000);
    assertEquals(1, told(reader).size());
  }

  @Test
  void theFirstAndTheLastAreToldAtOnceAndOthersOnceInAWhile() {
    Reader reader = watcher("a", "metrics.presenceMembers");
    house.enter("m", 0, "one");
    house.world.run();
    assertEquals("{\"metrics\":{\"presenceMembers\":1}}", told(reader).getLast());
    for (int i = 1; i <= 10; i++) {
      house.enter("m", i, "member" + i);
      house.world.run();
    }
    assertEquals(2, told(reader).size());
    house.world.pass(Counting.WINDOW);
    assertEquals(3, told(reader).size());
    assertEquals("{\"metrics\":{\"presenceMembers\":11}}", told(reader).getLast());
    house.world.pass(60_000);
    assertEquals(3, told(reader).size());
  }

  @Test
  void whoDidNotAskIsToldNothing() {
    Reader plain = house.reader("p").attach();
    watcher("a", "metrics");
    house.world.pass(60_000);
    assertTrue(told(plain).isEmpty());
    assertFalse(plain.frames.isEmpty());
  }

  @Test
  void whoLeavesIsCountedOut() {
    Reader reader = watcher("a", "metrics.connections");
    house.reader("b").attach();
    house.world.pass(2_000);
    house.channels.detach(House.ROOM, House.seat("b"), () -> {});
    house.world.pass(2_000);
    assertEquals("{\"metrics\":{\"connections\":1}}", told(reader).getLast());
    assertEquals(3, told(reader).size());
  }
}

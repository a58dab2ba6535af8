package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.channels.Street;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.MessageAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A client that comes back on another node. */
class NeighboursTest {
  private final Street street = new Street();
  private final Street.Lot first = street.lot();
  private final Street.Lot second = street.lot();
  private final Lobby one = new Lobby(street, first);
  private final Lobby two = new Lobby(street, second);

  /** The same client on a transport to another node, with the connection resumed. */
  private static Client on(Lobby lobby, Client before) {
    return new Client(lobby, Pass.named("me")).resume(before);
  }

  @Test
  void theConnectionGoesOnAndItsOldTransportEnds() {
    Client here = one.client().connect().attach("room");
    String serial = here.published("room", "a");
    Client there = on(two, here);
    assertEquals(here.id(), there.id());
    assertEquals(80016, here.disconnectedWith());
    assertTrue(here.closed);
    there.attach("room", here.place("room"), Map.of());
    assertTrue(there.attachedAndResumed());
    there.append("room", serial, "b");
    street.world.run();
    assertEquals("+1 1", there.answers().getLast());
    // and again, to where it was first
    Client back = on(one, there);
    assertEquals(here.id(), back.id());
    assertTrue(there.closed);
  }

  @Test
  void whatIsSentAgainThereIsAppliedOnce() {
    Client here = one.client().connect();
    second.lag(true);
    here.publish("room", "once");
    street.world.run();
    Client there = on(two, here);
    there.number = 0;
    there.publish("room", "once");
    street.world.run();
    second.lag(false);
    assertEquals(List.of("+0 1"), there.answers());
    Client reader = one.client(Pass.named("you")).connect();
    reader.attach("room", null, Map.of("rewind", "10"));
    assertEquals(List.of("CREATE once"), reader.heard());
  }

  @Test
  void whatIsUnderWayOnTheNodeBeforeIsNotRefusedForWantOfRoom() {
    Client here = one.client().connect();
    first.stick(true);
    here.publish("room", "once");
    street.world.run();
    second.full(true);
    Client there = on(two, here);
    there.number = 0;
    there.publish("room", "once");
    street.world.run();
    assertEquals(List.of(), there.answers());
    assertEquals(80003, there.disconnectedWith());
    second.full(false);
    first.stick(false);
    Client again = on(two, there.cut());
    again.number = 0;
    again.publish("room", "once");
    street.world.run();
    assertEquals(List.of("+0 1"), again.answers());
    assertEquals(List.of("CREATE once"), rewound());
  }

  @Test
  void whatIsUnderWayOnTheNodeBeforeIsRefusedThereAsItWasHere() {
    Client here = one.client().connect();
    String serial = here.published("room", "a");
    first.stick(true);
    here.append("room", serial, "b");
    street.world.run();
    Client other = two.client().connect();
    other.send(
        Client.messages("room", 0, Client.message(MessageAction.DELETE, serial, null, null)));
    assertEquals(1, here.answers().size());
    Client there = on(two, here);
    there.number = 1;
    there.append("room", serial, "b");
    street.world.run();
    assertEquals(List.of("-1 1"), there.answers());
    other.send(Client.messages("room", 1, Client.message(MessageAction.UPDATE, serial, null, "c")));
    first.stick(false);
    there.append("room", serial, "d");
    street.world.run();
    assertEquals(List.of("-1 1", "+2 1"), there.answers());
    assertEquals(List.of("UPDATE cd"), rewound());
  }

  private List<String> rewound() {
    Client reader = one.client(Pass.named("you")).connect();
    reader.attach("room", null, Map.of("rewind", "10"));
    return reader.heard();
  }

  @Test
  void membersComeOverAndLeaveWithTheConnection() {
    Client here = one.client().connect().attach("room").enter("room").cut();
    Client there = on(two, here);
    there.attach("room", here.place("room"), Map.of());
    there.live(30_000);
    assertEquals(List.of("me"), one.members("room"));
    there.cut();
    street.world.pass(15_100);
    assertEquals(List.of(), one.members("room"));
    assertEquals(List.of(), two.members("room"));
  }

  @Test
  void whoWasMissedBeforeItsEnterWasStoredIsNoGhost() {
    Client here = one.client().connect().attach("room");
    first.doubt();
    here.enter("room");
    street.world.run();
    here.cut();
    street.world.pass(40_000);
    first.stick(false);
    street.world.run();
    assertEquals(List.of("me"), two.members("room"));
    street.world.pass(15_100);
    assertEquals(List.of(), two.members("room"));
    assertEquals(List.of(), one.members("room"));
  }

  private static long transport(Client client) {
    return Objects.requireNonNull(ConnectionKey.open(client.key(), new Lobby.Stamp())).transport();
  }

  @Test
  void laterTransportsHaveHigherNumbersOnWhicheverNode() {
    List<Client> moves = new ArrayList<>(List.of(one.client().connect()));
    for (Lobby lobby : List.of(two, one, one, two)) {
      moves.add(on(lobby, moves.getLast()));
    }
    List<Long> numbers = moves.stream().map(NeighboursTest::transport).toList();
    assertEquals(numbers.stream().sorted().distinct().toList(), numbers);
  }

  @Test
  void aNodeThatIsKilledIsNotWaitedForAndItsMembersComeOver() {
    Client here = one.client().connect().attach("room").enter("room");
    first.kill();
    Client there = on(two, here);
    assertEquals(here.id(), there.id());
    there.attach("room", here.place("room"), Map.of());
    there.live(60_000);
    assertEquals(List.of("me"), two.members("room"));
  }

  @Test
  void aClientOfAKilledNodeThatDoesNotComeBackIsMissed() {
    one.client().connect().attach("room").enter("room");
    two.members("room");
    first.kill();
    street.world.pass(30_000);
    assertEquals(List.of(), two.members("room"));
  }

  @Test
  void aConnectionThatWasClosedIsNotGoneOnWithAnywhere() {
    Client here = one.client().connect();
    here.send(new Frame.Close());
    Client there = on(two, here);
    assertNotEquals(here.id(), there.id());
    assertNotNull(there.connected().error());
  }

  @Test
  void ofManyThatComeAtOnceWithOneKeyOneStays() {
    Lobby three = new Lobby(street, street.lot());
    Client here = one.client().connect().attach("room").enter("room");
    List<Client> many = new ArrayList<>();
    for (Lobby lobby : List.of(two, three, one, two, three)) {
      many.add(new Client(lobby, Pass.named("me")).open(here.key(), null));
    }
    street.world.run();
    assertTrue(here.closed);
    assertEquals(1, many.stream().filter(client -> !client.closed).count());
    Client left = many.stream().filter(client -> !client.closed).findFirst().orElseThrow();
    left.number = 1;
    left.publish("room", "still there");
    street.world.run();
    assertEquals(List.of("+1 1"), left.answers());
  }
}

package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.MessageAction;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswersTest {
  private Lobby lobby = new Lobby();

  private static ConnectionSettings bounds(int frames, long bytes, long nodeBytes) {
    ConnectionSettings d = ConnectionSettings.DEFAULT;
    return new ConnectionSettings(
        d.maxMessageSize(),
        d.maxFrameSize(),
        d.stateTtl(),
        d.maxIdle(),
        frames,
        bytes,
        nodeBytes,
        d.ackTimeout(),
        d.maxChannels(),
        0,
        0,
        d.serverId());
  }

  @Test
  void answersKeepTheOrderOfTheFramesWhateverEachWaitsFor() {
    Client client = lobby.client();
    client.window = 500;
    client.connect();
    String serial = client.published("one", "");
    client.append("one", serial, "a");
    client.append("one", serial, "b");
    client.append("one", serial, "c");
    client.put(Client.messages("closed", client.number++));
    lobby.world.run();
    assertEquals(List.of("+0 1", "+1 3", "-4 1"), client.answers());
  }

  @Test
  void anAppendThatWaitsInAWindowHoldsBackWhatCameAfterItOnOtherChannels() {
    Client client = lobby.client();
    client.window = 100;
    client.connect();
    String one = client.published("one", "");
    String two = client.published("two", "");
    client.append("one", one, "a");
    client.append("one", one, "b");
    client.append("two", two, "c");
    lobby.world.run();
    assertEquals(List.of("+0 1", "+1 1", "+2 1"), client.answers());
    lobby.world.pass(100);
    assertEquals(List.of("+0 1", "+1 1", "+2 1", "+3 2"), client.answers());
  }

  @Test
  void aFrameOfAnyOtherKindLetsTheWindowsOutOnAllChannels() {
    Client client = lobby.client();
    client.window = 500;
    client.connect();
    Client reader = lobby.client().connect().attach("one");
    String one = client.published("one", "");
    client.append("one", one, "a");
    client.append("one", one, "b");
    lobby.world.run();
    assertEquals("APPEND a", reader.heard().getLast());
    client.publish("two", "x");
    lobby.world.run();
    assertEquals("APPEND b", reader.heard().getLast());
    client.append("one", one, "c");
    client.append("one", one, "d");
    lobby.world.run();
    client.cut();
    assertEquals("APPEND d", reader.heard().getLast());
  }

  @Test
  void neighboursWithTheSameVerdictShareAFrameAndGapsAreNormal() {
    Client client = lobby.client().connect();
    lobby.journal.holdCommits(true);
    client.publish("room", "a");
    client.publish("room", "b");
    client.number = 7;
    client.publish("room", "c");
    client.publish("closed", "d");
    client.publish("closed", "e");
    client.publish("room", "f");
    lobby.world.run();
    assertEquals(List.of(), client.answers());
    lobby.journal.holdCommits(false);
    lobby.world.run();
    assertEquals(List.of("+0 2", "+7 1", "-8 2", "+10 1"), client.answers());
  }

  @Test
  void pastItsBoundAConnectionIsNotReadUntilAnswersHaveLeft() {
    lobby = new Lobby(bounds(3, 1 << 20, 1 << 20));
    Client client = lobby.client().connect();
    lobby.journal.holdCommits(true);
    client.publish("room", "a");
    client.publish("room", "b");
    lobby.world.run();
    assertTrue(client.reading);
    client.publish("room", "c");
    lobby.world.run();
    assertFalse(client.reading);
    lobby.journal.holdCommits(false);
    lobby.world.run();
    assertTrue(client.reading);
  }

  @Test
  void bytesCountAsFramesDo() {
    lobby = new Lobby(bounds(1_000, 250, 1 << 20));
    Client client = lobby.client().connect();
    lobby.journal.holdCommits(true);
    client.publish("room", "a");
    client.publish("room", "b");
    client.publish("room", "c");
    lobby.world.run();
    assertFalse(client.reading);
    lobby.journal.holdCommits(false);
    lobby.world.run();
    assertTrue(client.reading);
  }

  @Test
  void theNodesBoundStopsEveryoneWhoHasSomethingUnderWay() {
    lobby = new Lobby(bounds(1_000, 1 << 20, 150));
    Client one = lobby.client().connect();
    Client two = lobby.client().connect();
    lobby.journal.holdCommits(true);
    one.publish("room", "a");
    two.publish("room", "b");
    lobby.world.run();
    assertFalse(two.reading);
    lobby.journal.holdCommits(false);
    lobby.world.run();
    assertTrue(one.reading && two.reading);
    one.cut();
    two.publish("room", "c");
    lobby.world.run();
    assertTrue(two.reading);
  }

  @Test
  void aTransportThatIsLostGivesBackWhatItCounted() {
    lobby = new Lobby(bounds(1_000, 1 << 20, 150));
    Client one = lobby.client().connect();
    lobby.journal.holdCommits(true);
    one.publish("room", "a");
    one.publish("room", "b");
    lobby.world.run();
    one.cut();
    lobby.journal.holdCommits(false);
    lobby.world.run();
    Client two = lobby.client().connect();
    two.publish("room", "c");
    lobby.world.run();
    assertTrue(two.reading);
  }

  @Test
  void anUnknownOutcomeEndsTheTransportAndTheResendIsStoredOnce() {
    Client client = lobby.client().connect();
    lobby.journal.unknownAppends(1, false);
    client.publish("room", "x");
    lobby.world.run();
    assertEquals(80003, client.disconnectedWith());
    assertEquals(List.of(), client.answers());
    Client after = client.next();
    after.number = 0;
    after.published("room", "x");
    after.attach("room", null, java.util.Map.of("rewind", "9"));
    assertEquals(List.of("CREATE x"), after.heard());
  }

  @Test
  void aFrameWithoutAnAnswerForTooLongEndsTheTransport() {
    Client client = lobby.client().connect();
    lobby.journal.holdCommits(true);
    client.publish("room", "x");
    for (int i = 0; i < 6 && !client.closed; i++) {
      lobby.world.pass(9_000);
      client.alive();
    }
    assertEquals(80003, client.disconnectedWith());
  }

  @Test
  void whatCannotBeReadIsSaidAndTheConnectionGoesOn() {
    Client client = lobby.client().connect();
    client.put(new Decoded.Unreadable(ErrorCode.BAD_REQUEST.info()), 5);
    lobby.world.run();
    assertEquals("", client.last(Frame.ProtocolError.class).channel());
    assertFalse(client.closed);
    client.published("room", "x");
  }

  @Test
  void oneThatSendsNothingButGarbageIsGivenUp() {
    Client client = lobby.client().connect();
    for (int i = 0; i < 101; i++) {
      client.put(new Decoded.Unreadable(ErrorCode.BAD_REQUEST.info()), 5);
    }
    lobby.world.run();
    assertTrue(client.closed);
  }

  @Test
  void aFrameThatCannotBeAcceptedIsRefusedByItsNumberOrToItsChannel() {
    Client client = lobby.client().connect();
    client.put(new Decoded.Refused(15, "room", 3, ErrorCode.INVALID_DATA.info()), 9);
    client.put(new Decoded.Refused(10, "room", -1, ErrorCode.INVALID_DATA.info()), 9);
    client.put(new Frame.Unknown(99, null, 4));
    client.put(new Frame.Unknown(99, null, -1));
    lobby.world.run();
    assertEquals(List.of("-3 1", "-4 1"), client.answers());
    assertEquals("room", client.last(Frame.ProtocolError.class).channel());
    assertFalse(client.closed);
  }

  @Test
  void framesThatOnlyServersSendAreIgnored() {
    Client client = lobby.client().connect();
    client.send(new Frame.Ack(0, 1, List.of()));
    client.send(new Frame.Closed());
    client.send(new Frame.Detached("room", null));
    assertFalse(client.closed);
    assertEquals(1, client.frames.size());
  }

  @Test
  void aMessageWithoutANumberIsRefusedAloud() {
    Client client = lobby.client().connect();
    client.send(Client.messages("room", -1, Client.message(MessageAction.CREATE, null, null, "x")));
    assertEquals(40000, client.last(Frame.ProtocolError.class).error().code());
    assertFalse(client.closed);
  }

  @Test
  void drainAnswersWhatItHasTakenAndSendsClientsAway() {
    Client busy = lobby.client();
    busy.window = 500;
    busy.connect();
    Client idle = lobby.client().connect();
    String serial = busy.published("room", "");
    busy.append("room", serial, "a");
    busy.append("room", serial, "b");
    lobby.world.run();
    lobby.journal.holdCommits(true);
    lobby.connections.drain(10_000);
    lobby.world.run();
    assertEquals(80003, idle.disconnectedWith());
    assertFalse(busy.closed);
    assertFalse(busy.reading);
    lobby.journal.holdCommits(false);
    lobby.world.run();
    assertEquals(80003, busy.disconnectedWith());
    assertEquals("+2 1", busy.answers().getLast());
  }

  @Test
  void drainHasPatienceAndNoMore() {
    Client client = lobby.client().connect();
    lobby.journal.holdCommits(true);
    client.publish("room", "x");
    lobby.connections.drain(5_000);
    lobby.world.pass(4_999);
    assertFalse(client.closed);
    lobby.world.pass(1);
    assertEquals(80003, client.disconnectedWith());
    assertEquals(List.of(), client.answers());
  }

  @Test
  void pingsComeBackAndAQuietTransportGetsHeartbeats() {
    Client client = lobby.client().connect();
    client.send(new Frame.Heartbeat("id"));
    assertEquals("id", client.last(Frame.Heartbeat.class).id());
    int before = client.all(Frame.Heartbeat.class).size();
    lobby.world.pass(14_000);
    client.alive();
    lobby.world.pass(14_000);
    List<Frame.Heartbeat> beats = client.all(Frame.Heartbeat.class);
    assertTrue(beats.size() > before);
    assertNull(beats.getLast().id());
    assertTrue(client.pings > 0);
  }

  @Test
  void noSilenceTowardsAClientIsLongerThanItTolerates() {
    Client client = lobby.client().connect();
    int frames = client.frames.size();
    for (int i = 0; i < 20; i++) {
      lobby.world.pass(ConnectionSettings.DEFAULT.maxIdle());
      client.alive();
      assertTrue(client.frames.size() > frames, "nothing in turn " + i);
      frames = client.frames.size();
    }
  }

  @Test
  void withoutHeartbeatsThereArePingsOnly() {
    Client client = lobby.client();
    client.heartbeats = false;
    client.connect();
    lobby.world.pass(14_000);
    assertEquals(0, client.all(Frame.Heartbeat.class).size());
    assertTrue(client.pings > 0);
  }

  @Test
  void aClientThatStaysSilentIsGivenUp() {
    Client client = lobby.client().connect();
    Client live = lobby.client().connect();
    for (int i = 0; i < 10; i++) {
      lobby.world.pass(9_000);
      live.alive();
    }
    assertEquals(80003, client.disconnectedWith());
    assertFalse(live.closed);
  }
}

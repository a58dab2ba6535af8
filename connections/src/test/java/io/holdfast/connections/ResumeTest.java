package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceAction;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ResumeTest {
  private final Lobby lobby = new Lobby();

  private static void assertNewConnection(Client client, Client before) {
    assertNotEquals(before.id(), client.id());
    ErrorInfo error = Objects.requireNonNull(client.connected().error());
    assertEquals(80018, error.code());
  }

  @Test
  void aConnectionIsTold() {
    Client client = lobby.client().connect();
    Frame.Connected connected = client.connected();
    assertNull(connected.error());
    assertEquals("me", connected.details().clientId());
    assertEquals(65_536, connected.details().maxMessageSize());
    assertEquals(120_000, connected.details().connectionStateTtl());
    assertEquals("site", connected.details().siteCode());
    assertEquals(1, lobby.connections.size());
  }

  @Test
  void aResumeKeepsTheIdAndChangesTheKey() {
    Client before = lobby.client().connect().cut();
    Client after = before.next();
    assertEquals(before.id(), after.id());
    assertNotEquals(before.key(), after.key());
    assertNull(after.connected().error());
  }

  @Test
  void anyOfAConnectionsKeysResumesIt() {
    Client first = lobby.client().connect().cut();
    Client second = first.next().cut();
    Client third = second.next().cut();
    assertEquals(first.id(), third.id());
    assertEquals(first.id(), first.like().resume(first).id());
  }

  @Test
  void garbageIsANewConnectionWithAnError() {
    Client client = lobby.client();
    client.open("garbage", null);
    lobby.world.run();
    assertEquals(80018, Objects.requireNonNull(client.connected().error()).code());
    assertNotNull(client.key());
  }

  @Test
  void anotherClientIdOrAppCannotResume() {
    Client before = lobby.client().connect().cut();
    assertNewConnection(lobby.client(Pass.named("you")).resume(before), before);
    assertNewConnection(lobby.client(Pass.named(null)).resume(before), before);
    Pass elsewhere = new Pass("other", "me", Set.of(), Flags.MODES, 0);
    assertNewConnection(lobby.client(elsewhere).resume(before), before);
    assertNewConnection(lobby.client(elsewhere).recover(before), before);
    assertNull(lobby.client(Pass.named("me")).resume(before).connected().error());
  }

  @Test
  void aFrameSentAgainAfterAResumeIsAnsweredWithItsFirstResult() {
    Client before = lobby.client().connect();
    String serial = before.published("room", "x");
    before.cut();
    Client after = before.like();
    after.resume(before);
    after.number = 0;
    assertEquals(serial, after.published("room", "x"));
    lobby.client().connect().published("room", "y");
    after.attach("room", null, Map.of("rewind", "10"));
    assertEquals(List.of("CREATE x", "CREATE y"), after.heard());
  }

  @Test
  void aRecoveredClientNumbersFromZeroAndIsNotTakenForARepeat() {
    Client before = lobby.client().connect();
    String serial = before.published("room", "x");
    before.cut();
    Client after = before.like().recover(before);
    assertEquals(before.id(), after.id());
    assertNotEquals(serial, after.published("room", "y"));
  }

  @Test
  void twoRecoveriesWithOneKeyAreNotTakenForEachOther() {
    Client before = lobby.client().connect().cut();
    Client one = before.like().recover(before);
    String first = one.published("room", "one");
    one.cut();
    Client two = before.like().recover(before);
    assertNotEquals(first, two.published("room", "two"));
  }

  @Test
  void afterARestartAKeyStillResumes() {
    Client before = lobby.client().connect();
    String serial = before.published("room", "x");
    lobby.restart();
    Client after = before.next();
    assertEquals(before.id(), after.id());
    after.number = 0;
    assertEquals(serial, after.published("room", "x"));
  }

  @Test
  void aClientThatResumesGetsOnlyWhatItMissed() {
    Client writer = lobby.client().connect();
    Client reader = lobby.client().connect().attach("room");
    String serial = writer.published("room", "one");
    reader.cut();
    writer.append("room", serial, " two");
    lobby.world.run();
    Client after = reader.next().attach("room", reader.place("room"), Map.of());
    assertTrue(after.attachedAndResumed());
    assertEquals(List.of("APPEND  two"), after.heard());
  }

  @Test
  void aClientThatRecoversHoldsNothing() {
    Client writer = lobby.client().connect();
    Client reader = lobby.client().connect().attach("room");
    String serial = writer.published("room", "one");
    reader.cut();
    writer.append("room", serial, " two");
    lobby.world.run();
    Client after = reader.like().recover(reader).attach("room", reader.place("room"), Map.of());
    assertTrue(after.attachedAndResumed());
    assertEquals(List.of("UPDATE one two"), after.heard());
  }

  @Test
  void attachingAgainOnOneTransportRepeatsNothingThatIsOnItsWay() {
    Client writer = lobby.client().connect();
    Client reader = lobby.client().connect().attach("room");
    String serial = writer.published("room", "one");
    String place = reader.place("room");
    writer.append("room", serial, " two");
    lobby.world.run();
    // new channel options, sent before the client had read the append
    reader.attach("room", place, Map.of("rewind", "0"));
    assertEquals(List.of("CREATE one", "APPEND  two"), reader.heard());
    assertTrue(reader.attachedAndResumed());
    writer.append("room", serial, " three");
    lobby.world.run();
    assertEquals("APPEND  three", reader.heard().getLast());
  }

  @Test
  void aNewerTransportSupersedesTheOneBefore() {
    Client writer = lobby.client().connect();
    Client one = lobby.client().connect().attach("room");
    String serial = writer.published("room", "a");
    Client two = one.next();
    assertEquals(80016, one.disconnectedWith());
    assertTrue(one.closed);
    assertEquals(one.id(), two.id());
    two.attach("room", one.place("room"), Map.of());
    writer.append("room", serial, "b");
    lobby.world.run();
    assertEquals(List.of("APPEND b"), two.heard());
    assertEquals(List.of("CREATE a"), one.heard());
    assertEquals(2, lobby.connections.size());
  }

  @Test
  void aTransportIsNotReadBeforeTheOneBeforeHasLetGo() {
    Client one = lobby.client().connect();
    Client two = one.like().open(one.key(), null);
    assertTrue(lobby.world.step());
    assertFalse(two.reading);
    lobby.world.run();
    assertTrue(two.reading);
    assertEquals(1, two.all(Frame.Connected.class).size());
  }

  @Test
  void whoeverComesLastHasTheConnection() {
    for (int steps = 0; steps < 12; steps++) {
      Lobby fresh = new Lobby();
      Client writer = fresh.client().connect();
      Client one = fresh.client().connect().attach("room").enter("room");
      Client two = one.like().open(one.key(), null);
      for (int i = 0; i < steps; i++) {
        fresh.world.step();
      }
      Client three = one.like().open(one.key(), null);
      fresh.world.run();
      assertTrue(one.closed && two.closed && !three.closed, "after " + steps);
      assertEquals(one.id(), three.id());
      three.attach("room", one.place("room"), Map.of());
      writer.published("room", "x");
      assertEquals(List.of("CREATE x"), three.heard());
      fresh.world.pass(40_000);
      assertEquals(List.of("me"), fresh.members("room"), "after " + steps);
    }
  }

  @Test
  void aTransportLostWhileTheOneBeforeLetsGoLosesNothing() {
    for (int steps = 0; steps < 12; steps++) {
      Lobby fresh = new Lobby();
      Client one = fresh.client().connect().attach("room").enter("room");
      Client two = one.like().open(one.key(), null);
      for (int i = 0; i < steps; i++) {
        fresh.world.step();
      }
      two.cut();
      Client three = one.like().resume(one).attach("room", one.place("room"), Map.of());
      assertTrue(three.attachedAndResumed());
      fresh.world.pass(40_000);
      assertEquals(List.of("me"), fresh.members("room"), "after " + steps);
      three.cut();
      fresh.world.pass(20_000);
      assertEquals(List.of(), fresh.members("room"), "after " + steps);
    }
  }

  @Test
  void aTransportLostAndReplacedWhileTheFirstLetsGoLeavesNoGhosts() {
    for (int steps = 0; steps < 12; steps++) {
      Lobby fresh = new Lobby();
      Client one = fresh.client().connect().attach("room").enter("room");
      Client two = one.like().open(one.key(), null);
      for (int i = 0; i < steps; i++) {
        fresh.world.step();
      }
      two.closed = true;
      Client three = one.like().open(one.key(), null);
      two.cut();
      three.cut();
      fresh.world.pass(60_000);
      assertEquals(List.of(), fresh.members("room"), "after " + steps);
      assertEquals(0, fresh.connections.size());
    }
  }

  @Test
  void theStateOfALostConnectionGoesAfterItsTime() {
    Client writer = lobby.client().connect();
    Client reader = lobby.client().connect().attach("room");
    String serial = writer.published("room", "one");
    reader.cut();
    lobby.world.pass(130_000);
    writer = writer.next();
    writer.append("room", serial, " two");
    lobby.world.run();
    Client after = reader.next().attach("room", reader.place("room"), Map.of());
    assertTrue(after.attachedAndResumed());
    assertEquals(List.of("UPDATE one two"), after.heard());
  }

  @Test
  void aClosedConnectionIsClosed() {
    Client client = lobby.client().connect().send(new Frame.Close());
    assertEquals(1, client.all(Frame.Closed.class).size());
    assertTrue(client.closed);
    assertEquals(0, lobby.connections.size());
  }

  @Test
  void whatWasRefusedUnheardIsRefusedAgainOnceLaterFramesAreApplied() {
    Client one = lobby.client().connect().attach("room").attach("other");
    lobby.journal.holdCommits(true);
    one.publish("other", "slow");
    lobby.world.run();
    lobby.journal.full(true);
    one.presence("room", PresenceAction.ENTER, null);
    one.publish("room", "early");
    lobby.world.run();
    lobby.journal.full(false);
    one.publish("room", "late");
    lobby.world.run();
    one.cut();
    lobby.journal.holdCommits(false);
    lobby.world.run();
    Client two = one.like();
    two.resume(one);
    two.number = 0;
    two.publish("other", "slow");
    two.presence("room", PresenceAction.ENTER, null);
    two.publish("room", "early");
    two.publish("room", "late");
    two.attach("room", one.place("room"), Map.of());
    assertEquals(List.of("+0 1", "-1 2", "+3 1"), two.answers());
    assertEquals(List.of(), lobby.members("room"));
    assertEquals(List.of("CREATE late"), two.heard());
  }

  @Test
  void aBatchAndASingleMessageOfOneBaseAreTwoPublishes() {
    Client one = lobby.client().connect().attach("room");
    one.send(Client.messages("room", 0, Client.message(MessageAction.CREATE, null, "a", "single")));
    Frame.Messages batch =
        Client.messages(
            "room",
            1,
            Client.message(MessageAction.CREATE, null, "a:0", "first"),
            Client.message(MessageAction.CREATE, null, "a:1", "second"));
    one.send(batch);
    one.send(new Frame.Messages("room", batch.messages(), 2, null, null, null, 0, Map.of()));
    assertEquals(List.of("+0 1", "+1 1", "+2 1"), one.answers());
    assertEquals(List.of("CREATE single", "CREATE first", "CREATE second"), one.heard());
  }

  @Test
  void nothingGoesOnFromAConnectionThatWasClosed() {
    Client one = lobby.client().connect();
    one.send(new Frame.Close());
    Client two = one.like();
    two.open(one.key(), null);
    lobby.world.run();
    assertNotEquals(one.id(), two.id());
    assertEquals(80018, Objects.requireNonNull(two.connected().error()).code());
  }

  @Test
  void aCutBetweenTheAttachedAndTheRewindSkipsNothing() {
    Client agent = lobby.client().connect();
    agent.published("room", "a");
    agent.published("room", "b");
    Client reader = lobby.client().connect();
    reader.attach("room", null, Map.of("rewind", "2"));
    String told = reader.last(Frame.Attached.class).channelSerial();
    Client back = reader.cut().next();
    back.send(new Frame.Attach("room", told, Flags.ATTACH_RESUME, Map.of("rewind", "2")));
    assertTrue(back.attachedAndResumed());
    assertEquals(List.of("CREATE a", "CREATE b"), back.heard());
  }

  @Test
  void attachingAgainWhileARewindIsOnItsWayDoesNotRewindAgain() {
    Client one = lobby.client().connect();
    one.published("room", "a");
    one.published("room", "b");
    one.attach("room", null, Map.of("rewind", "1"));
    String told = one.last(Frame.Attached.class).channelSerial();
    Map<String, String> more = Map.of("rewind", "2");
    for (int i = 0; i < 2; i++) {
      one.put(new Frame.Attach("room", told, 0, more));
      one.send(new Frame.Attach("room", told, 0, more));
      assertTrue(one.attachedAndResumed());
    }
    one.published("room", "c");
    assertEquals(List.of("CREATE b", "CREATE c"), one.heard());
  }

  @Test
  void attachingAgainWithoutAPlaceGoesOnFromWhatWasSentAndDoesNotRewindAgain() {
    Client one = lobby.client().connect();
    one.published("room", "a");
    one.published("room", "b");
    one.attach("room", null, Map.of("rewind", "1"));
    one.attach("room", null, Map.of("rewind", "2"));
    one.published("room", "c");
    assertEquals(List.of("CREATE b", "CREATE c"), one.heard());
    assertTrue(one.attachedAndResumed());
  }
}

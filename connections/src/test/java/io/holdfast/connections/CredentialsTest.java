package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.PresenceAction;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CredentialsTest {
  private final Lobby lobby = new Lobby();

  private Client authorised(Client client, Access access) {
    lobby.tokens.put("token", access);
    return client.send(new Frame.Auth("token"));
  }

  @Test
  void aNewTokenOfTheSameClientChangesTheKeyAndKeepsTheConnection() {
    Client client = lobby.client().connect().attach("room");
    String before = client.key();
    authorised(client, Pass.named("me"));
    assertEquals(2, client.all(Frame.Connected.class).size());
    assertNotEquals(before, client.key());
    lobby.client().connect().published("room", "x");
    assertEquals(List.of("CREATE x"), client.heard());
  }

  @Test
  void aNewTokenMayTakeRightsAndChannelsThatLostThemAreLost() {
    Client client = lobby.client().connect().attach("room");
    authorised(client, new Pass("app", "me", Set.of(), 0, 0));
    assertEquals(40160, client.last(Frame.ProtocolError.class).error().code());
    assertEquals("room", client.last(Frame.ProtocolError.class).channel());
    lobby.client().connect().published("room", "x");
    assertEquals(List.of(), client.heard());
    client.publish("room", "y");
    lobby.world.run();
    assertEquals(40160, client.refusedWith());
    assertFalse(client.closed);
  }

  @Test
  void aChannelThatMayNoLongerBeHeardIsDetachedAndAttachedAgainWithTheRest() {
    Client client = lobby.client().connect().attach("room");
    long rest = Flags.MODES & ~Flags.SUBSCRIBE;
    authorised(client, new Pass("app", "me", Set.of(Permission.PUBLISH), rest, 0));
    assertEquals("room", client.last(Frame.Detached.class).channel());
    client.attach("room");
    assertEquals(0, client.last(Frame.Attached.class).flags() & Flags.SUBSCRIBE);
    lobby.client().connect().published("room", "x");
    assertEquals(List.of(), client.heard());
  }

  @Test
  void anAttachUnderWayIsAnsweredOnceWithWhatIsGrantedByThen() {
    long deaf = Flags.PRESENCE | Flags.PUBLISH;
    Pass less = new Pass("app", "me", Set.of(Permission.PUBLISH), deaf, 0);
    Client client = lobby.client().connect();
    client.put(new Frame.Attach("room", null, 0, Map.of()));
    authorised(client, less);
    assertEquals(deaf, client.last(Frame.Attached.class).flags() & Flags.MODES);
    lobby.client().connect().published("room", "x");
    assertEquals(List.of(), client.heard());
    client.put(new Frame.Attach("other", null, 0, Map.of()));
    authorised(client, Pass.named("me"));
    assertEquals("other", client.last(Frame.Attached.class).channel());
    assertTrue((client.last(Frame.Attached.class).flags() & Flags.SUBSCRIBE) != 0);
    lobby.client().connect().published("other", "y");
    assertEquals(List.of("CREATE y"), client.heard());
    assertEquals(2, client.all(Frame.Attached.class).size());
    assertEquals(1, client.all(Frame.Detached.class).size(), "room, which may be heard now");
  }

  @Test
  void anAttachWhoseAnswerWaitsForASlowReaderIsAnsweredWithWhatIsGrantedByThen() {
    Client client = lobby.client().connect().writable(false);
    client.attach("room");
    assertEquals(0, client.all(Frame.Attached.class).size());
    long deaf = Flags.PRESENCE | Flags.PUBLISH;
    authorised(client, new Pass("app", "me", Set.of(Permission.PUBLISH), deaf, 0));
    client.writable(true);
    assertEquals(deaf, client.last(Frame.Attached.class).flags() & Flags.MODES);
    assertEquals(1, client.all(Frame.Attached.class).size());
    assertEquals(0, client.all(Frame.Detached.class).size());
  }

  @Test
  void anAttachUnderWayThatGoesOnStillDoesAfterNewCredentials() {
    Client before = lobby.client().connect().attach("room");
    String serial = before.published("room", "a");
    before.cut();
    lobby.client().connect().append("room", serial, "b");
    lobby.world.run();
    Client client = before.next();
    client.put(new Frame.Attach("room", before.place("room"), 0, Map.of()));
    long less = Flags.DEFAULT_MODES & ~Flags.PUBLISH;
    authorised(client, new Pass("app", "me", Set.of(), less, 0));
    assertTrue(client.attachedAndResumed());
    assertEquals(List.of("APPEND b"), client.heard());
    assertEquals(1, client.all(Frame.Attached.class).size());
  }

  @Test
  void anAttachUnderWayThatIsNoLongerAllowedIsRefusedOnce() {
    Client client = lobby.client().connect();
    client.put(new Frame.Attach("room", null, 0, Map.of()));
    authorised(client, new Pass("app", "me", Set.of(), 0, 0));
    assertEquals(40160, client.last(Frame.ProtocolError.class).error().code());
    assertEquals(0, client.all(Frame.Attached.class).size());
    assertEquals(1, client.all(Frame.ProtocolError.class).size());
  }

  @Test
  void whoMayBeNeitherHereNorHearAndAttachesAgainIsAnsweredOnceItsMembersHaveLeft() {
    Client client = lobby.client().connect().attach("room").enter("room");
    lobby.journal.holdCommits(true);
    authorised(client, new Pass("app", "me", Set.of(Permission.PUBLISH), Flags.PUBLISH, 0));
    client.attach("room", client.place("room"), Map.of());
    assertEquals(1, client.all(Frame.Attached.class).size(), "its members are still here");
    lobby.journal.holdCommits(false);
    lobby.world.run();
    assertEquals(List.of(), lobby.members("room"));
    assertEquals(Flags.PUBLISH, client.last(Frame.Attached.class).flags() & Flags.MODES);
    assertEquals(2, client.all(Frame.Attached.class).size());
    assertEquals(0, client.all(Frame.Detached.class).size());
    // it may have waited for members that it was promised
    assertEquals(List.of(), client.last(Frame.Sync.class).presence());
  }

  @Test
  void whoMayBeNeitherHereNorHearAndDetachesMeanwhileIsToldSo() {
    Client client = lobby.client().connect().attach("room").enter("room");
    lobby.journal.holdCommits(true);
    authorised(client, new Pass("app", "me", Set.of(Permission.PUBLISH), Flags.PUBLISH, 0));
    client.attach("room", client.place("room"), Map.of());
    client.send(new Frame.Detach("room"));
    lobby.journal.holdCommits(false);
    lobby.world.run();
    assertEquals(List.of(), lobby.members("room"));
    assertEquals(1, client.all(Frame.Attached.class).size());
    assertNull(client.last(Frame.Detached.class).error());
  }

  private static Pass nothing() {
    return new Pass("app", "me", Set.of(), 0, 0);
  }

  @Test
  void whoLosesAChannelHearsSoOnceItsMembersHaveLeft() {
    Client client = lobby.client().connect().attach("room").enter("room");
    lobby.journal.holdCommits(true);
    authorised(client, nothing());
    assertEquals(0, client.all(Frame.ProtocolError.class).size(), "its members are still here");
    lobby.journal.holdCommits(false);
    lobby.world.run();
    assertEquals(List.of(), lobby.members("room"));
    assertEquals(40160, client.last(Frame.ProtocolError.class).error().code());
  }

  @Test
  void whoLosesAChannelAndIsGivenItBackMeanwhileIsDetached() {
    Client client = lobby.client().connect().attach("room").enter("room");
    lobby.journal.holdCommits(true);
    authorised(client, nothing());
    authorised(client, Pass.named("me"));
    lobby.journal.holdCommits(false);
    lobby.world.run();
    assertEquals(List.of(), lobby.members("room"));
    assertEquals(0, client.all(Frame.ProtocolError.class).size());
    assertNull(client.last(Frame.Detached.class).error());
  }

  @Test
  void whoEntersInBetweenAndLosesTheChannelAgainIsNotLeftThere() {
    Client client = lobby.client().connect().attach("room").enter("room");
    lobby.journal.holdCommits(true);
    authorised(client, nothing());
    authorised(client, Pass.named("me"));
    client.enter("room");
    authorised(client, nothing());
    lobby.journal.holdCommits(false);
    lobby.world.run();
    assertEquals(List.of(), lobby.members("room"));
    assertEquals(1, client.all(Frame.ProtocolError.class).size());
    assertEquals(0, client.all(Frame.Detached.class).size());
  }

  @Test
  void whoComesBackWithoutTheRightIsRefusedOnceItsMembersHaveLeft() {
    Client before = lobby.client().connect().attach("room").enter("room");
    String place = before.place("room");
    before.cut();
    Client client = lobby.client(nothing()).resume(before);
    lobby.journal.holdCommits(true);
    client.attach("room", place, Map.of());
    assertEquals(0, client.all(Frame.ProtocolError.class).size(), "its members are still here");
    lobby.journal.holdCommits(false);
    lobby.world.run();
    assertEquals(List.of(), lobby.members("room"));
    assertEquals(40160, client.last(Frame.ProtocolError.class).error().code());
    assertEquals(1, client.all(Frame.ProtocolError.class).size());
  }

  @Test
  void leavingNeedsNoRight() {
    Client client = lobby.client().connect().attach("room").enter("room");
    authorised(client, new Pass("app", "me", Set.of(), Flags.MODES & ~Flags.PRESENCE, 0));
    assertEquals(List.of("me"), lobby.members("room"));
    client.presence("room", PresenceAction.UPDATE, null);
    lobby.world.run();
    assertEquals(40160, client.refusedWith());
    client.presence("room", PresenceAction.LEAVE, null);
    lobby.world.run();
    assertEquals(List.of(), lobby.members("room"));
    assertEquals("+2 1", client.answers().getLast());
  }

  @Test
  void whoMayBeOneClientOnlyTakesBackTheMembersOfBefore() {
    Client client = lobby.client(Pass.KEY).connect().attach("room");
    client.presence("room", PresenceAction.ENTER, "you");
    authorised(client, Pass.named("me"));
    client.presence("room", PresenceAction.LEAVE, "you");
    lobby.world.run();
    assertEquals(List.of(), lobby.members("room"));
  }

  @Test
  void whoMayNoLongerHearAChannelMayStayPresentThere() {
    Client watcher = lobby.client(Pass.named("watch")).connect().attach("room");
    Client client = lobby.client().connect().attach("room").enter("room");
    long rest = Flags.PRESENCE | Flags.PUBLISH;
    authorised(client, new Pass("app", "me", Set.of(Permission.PRESENCE), rest, 0));
    assertEquals("room", client.last(Frame.Detached.class).channel());
    assertEquals(List.of("me"), lobby.members("room"));
    assertEquals(1, watcher.all(Frame.Presence.class).size());
    client.attach("room");
    authorised(client, new Pass("app", "me", Set.of(), Flags.PUBLISH, 0));
    assertEquals(List.of("me"), lobby.members("room"));
    client.send(new Frame.Detach("room"));
    assertEquals(List.of(), lobby.members("room"));
  }

  @Test
  void whoMayNowHearAChannelStaysPresentThere() {
    Client watcher = lobby.client(Pass.named("watch")).connect().attach("room");
    Pass before = new Pass("app", "me", Set.of(Permission.PRESENCE), Flags.PRESENCE, 0);
    Client client = lobby.client(before).connect().attach("room").enter("room");
    authorised(client, Pass.named("me"));
    assertEquals("room", client.last(Frame.Detached.class).channel());
    client.attach("room", client.place("room"), Map.of());
    assertEquals(List.of("me"), lobby.members("room"));
    assertEquals(1, watcher.all(Frame.Presence.class).size());
    client.send(new Frame.Detach("room"));
    assertEquals(List.of(), lobby.members("room"));
  }

  @Test
  void aNewTokenMayGiveRights() {
    Client client =
        lobby.client(Pass.allowing("me", Permission.SUBSCRIBE)).connect().attach("room");
    client.publish("room", "x");
    lobby.world.run();
    assertEquals(40160, client.refusedWith());
    authorised(client, Pass.named("me"));
    client.published("room", "y");
  }

  @Test
  void anAnonymousConnectionMayBecomeSomebody() {
    Client client = lobby.client(Pass.named(null)).connect();
    assertNull(client.connected().details().clientId());
    authorised(client, Pass.named("me"));
    assertEquals("me", client.connected().details().clientId());
    client.attach("room").published("room", "x");
    assertEquals("me", client.last(Frame.Messages.class).messages().getFirst().clientId());
  }

  @Test
  void aTokenForAnybodyLeavesTheConnectionItsName() {
    Client client = lobby.client(Pass.named("me").until(lobby.world.now() + 60_000)).connect();
    authorised(client, Pass.KEY.until(lobby.world.now() + 90_000));
    assertFalse(client.closed);
    assertEquals("me", client.connected().details().clientId());
    client.attach("room").published("room", "x");
    assertEquals("me", client.last(Frame.Messages.class).messages().getFirst().clientId());
    client.presence("room", PresenceAction.ENTER, "you");
    lobby.world.run();
    assertEquals(40012, client.refusedWith());
    assertEquals(client.id(), client.cut().next().id());
  }

  @Test
  void nobodyBecomesSomebodyElse() {
    for (Pass other :
        List.of(
            Pass.named("you"),
            Pass.named(null),
            new Pass("other", "me", Set.of(), Flags.MODES, 0))) {
      Client client = lobby.client().connect().enter("room");
      authorised(client, other);
      assertEquals(40102, client.last(Frame.ProtocolError.class).error().code());
      assertNull(client.last(Frame.ProtocolError.class).channel());
      assertTrue(client.closed);
      assertEquals(List.of(), lobby.members("room"));
    }
  }

  @Test
  void aTokenThatIsNotAcceptedEndsTheConnection() {
    Client client = lobby.client().connect().send(new Frame.Auth("forged"));
    assertTrue(client.closed);
    assertNull(client.last(Frame.ProtocolError.class).channel());
  }

  @Test
  void aTokenThatExpiresDisconnectsAndTheConnectionCanResume() {
    Pass brief = Pass.named("me").until(lobby.world.now() + 5_000);
    Client client = lobby.client(brief).connect();
    lobby.world.pass(4_999);
    assertFalse(client.closed);
    lobby.world.pass(1);
    assertEquals(40142, client.disconnectedWith());
    assertEquals(client.id(), lobby.client().resume(client).id());
  }

  @Test
  void aNewTokenInTimeKeepsTheConnection() {
    Client client = lobby.client(Pass.named("me").until(lobby.world.now() + 5_000)).connect();
    authorised(client, Pass.named("me").until(lobby.world.now() + 10_000));
    lobby.world.pass(9_000);
    assertFalse(client.closed);
    lobby.world.pass(1_000);
    assertEquals(40142, client.disconnectedWith());
  }

  @Test
  void aKeyMayUseAnyNameButOnlyTokensAreToldSo() {
    assertNull(lobby.client(Pass.KEY).connect().connected().details().clientId());
    Client token = lobby.client(Pass.KEY.until(lobby.world.now() + 60_000)).connect();
    assertEquals("*", token.connected().details().clientId());
  }

  @Test
  void attachingNeedsARightAndNoMoreThanAllowedIsGranted() {
    Client client = lobby.client(new Pass("app", "me", Set.of(), Flags.SUBSCRIBE, 0)).connect();
    client.attach("room");
    assertEquals(Flags.SUBSCRIBE, client.last(Frame.Attached.class).flags() & Flags.MODES);
    client.attach("closed");
    assertEquals(40160, client.last(Frame.ProtocolError.class).error().code());
    assertEquals("closed", client.last(Frame.ProtocolError.class).channel());
  }

  @Test
  void aChannelAttachedWithoutAModeTakesNothingOfItsKind() {
    Client client = lobby.client().connect();
    client.send(new Frame.Attach("room", null, Flags.SUBSCRIBE, Map.of()));
    client.publish("room", "x");
    client.enter("room");
    assertEquals(40165, client.refusedWith());
  }

  @Test
  void oneChannelTooManyIsRefused() {
    ConnectionSettings d = ConnectionSettings.DEFAULT;
    Lobby small =
        new Lobby(
            new ConnectionSettings(
                d.maxMessageSize(),
                d.maxFrameSize(),
                d.stateTtl(),
                d.maxIdle(),
                d.maxUnackedFrames(),
                d.maxUnackedBytes(),
                d.maxNodeUnackedBytes(),
                d.ackTimeout(),
                2,
                0,
                0,
                d.serverId()));
    Client client = small.client().connect().attach("a").attach("b").attach("c");
    assertEquals(90010, client.last(Frame.ProtocolError.class).error().code());
    client.attach("a");
    assertEquals(3, client.all(Frame.Attached.class).size());
    client.send(new Frame.Detach("a")).attach("c");
    assertEquals("c", client.last(Frame.Attached.class).channel());
  }

  @Test
  void aBadNameOrParamEndsNothing() {
    Client client = lobby.client().connect().attach("").attach("[bad");
    assertEquals(
        List.of(40010, 40010),
        client.all(Frame.ProtocolError.class).stream().map(e -> e.error().code()).toList());
    client.attach("room", null, Map.of("rewind", "soon"));
    assertEquals(40000, client.last(Frame.ProtocolError.class).error().code());
    assertFalse(client.closed);
    client.attach("room");
    assertEquals(1, client.all(Frame.Attached.class).size());
  }

  @Test
  void anAuthWithoutATokenIsSaidToBeWrongAndTheConnectionGoesOn() {
    Client client = lobby.client().connect();
    client.send(new Frame.Auth(null));
    client.send(new Frame.Auth(""));
    assertEquals("", client.last(Frame.ProtocolError.class).channel());
    assertFalse(client.closed);
    client.published("room", "x");
  }
}

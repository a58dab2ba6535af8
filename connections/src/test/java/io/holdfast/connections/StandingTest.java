package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What becomes of a connection while its credentials change or end. */
class StandingTest {
  private final Lobby lobby = new Lobby();

  private Client authorised(Client client, Access access) {
    lobby.tokens.put("token", access);
    return client.send(new Frame.Auth("token"));
  }

  @Test
  void aTokenThatEndsSoonIsAskedForAnew() {
    Client client = lobby.client(Pass.named("me").until(lobby.world.now() + 40_000)).connect();
    lobby.world.pass(9_999);
    assertEquals(List.of(), client.all(Frame.Auth.class));
    lobby.world.pass(1);
    assertEquals(List.of(new Frame.Auth(null)), client.all(Frame.Auth.class));
    authorised(client, Pass.named("me").until(lobby.world.now() + 60_000));
    lobby.world.pass(31_000);
    assertFalse(client.closed);
    assertEquals(2, client.all(Frame.Auth.class).size());
    client.send(new Frame.Heartbeat(null));
    lobby.world.pass(29_000);
    assertEquals(40142, client.disconnectedWith());
  }

  @Test
  void aTokenThatIsShortFromTheStartIsNotAskedForAnew() {
    Client client = lobby.client(Pass.named("me").until(lobby.world.now() + 30_000)).connect();
    lobby.world.pass(30_000);
    assertEquals(40142, client.disconnectedWith());
    assertEquals(List.of(), client.all(Frame.Auth.class));
  }

  @Test
  void aReviewKeepsAsksDisconnectsOrEnds() {
    Client kept = lobby.client(Pass.named("kept")).connect();
    Client asked = lobby.client(Pass.named("asked")).connect();
    Client ended = lobby.client(Pass.named("ended")).connect();
    Client over = lobby.client(Pass.named("over")).connect();
    lobby.connections.review(
        access ->
            switch (String.valueOf(access.clientId())) {
              case "asked" -> new Standing.Renew();
              case "ended" -> new Standing.Ended(ErrorCode.TOKEN_REVOKED.info());
              case "over" -> new Standing.Over(ErrorCode.NOT_FOUND.info());
              default -> new Standing.Good();
            });
    lobby.world.run();
    assertEquals(1, kept.frames.size());
    assertEquals(1, asked.all(Frame.Auth.class).size());
    assertFalse(kept.closed || asked.closed);
    assertEquals(40141, ended.disconnectedWith());
    assertEquals(40400, over.last(Frame.ProtocolError.class).error().code());
    assertTrue(ended.closed && over.closed);
    assertEquals(ended.id(), lobby.client(Pass.named("ended")).resume(ended).id());
  }

  @Test
  void aTransportThatWaitsForTheOneBeforeIsReviewedToo() {
    for (int steps = 1; steps < 6; steps++) {
      Lobby fresh = new Lobby();
      Client one = fresh.client().connect();
      Client two = one.like().open(one.key(), null);
      for (int i = 0; i < steps; i++) {
        fresh.world.step();
      }
      fresh.connections.review(access -> new Standing.Ended(ErrorCode.TOKEN_REVOKED.info()));
      fresh.world.run();
      assertTrue(two.closed, "after " + steps + " steps");
      assertEquals(40141, two.disconnectedWith());
    }
  }

  @Test
  void aRightThatIsGivenLaterHoldsForChannelsAttachedBefore() {
    Pass listener = Pass.allowing("me", Permission.SUBSCRIBE);
    Pass narrow =
        new Pass(
            "app", "me", listener.permissions(), Flags.SUBSCRIBE | Flags.PRESENCE_SUBSCRIBE, 0);
    Client client = lobby.client(narrow).connect().attach("room");
    client.publish("room", "x");
    lobby.world.run();
    assertEquals(40160, client.refusedWith());
    authorised(client, Pass.named("me"));
    client.published("room", "y");
    assertEquals(1, client.all(Frame.Attached.class).size());
    assertEquals(List.of(), client.all(Frame.Detached.class));
  }

  @Test
  void aChannelThatMayNowBeHeardIsAttachedAgain() {
    Client client =
        lobby.client(new Pass("app", "me", Set.of(Permission.PUBLISH), Flags.PUBLISH, 0));
    client.connect().attach("room");
    authorised(client, Pass.named("me"));
    assertEquals("room", client.last(Frame.Detached.class).channel());
    client.attach("room");
    lobby.client().connect().published("room", "x");
    assertEquals(List.of("CREATE x"), client.heard());
  }

  @Test
  void aModeThatWasNotAskedForIsNotHadByANewToken() {
    Client client = lobby.client().connect();
    client.send(new Frame.Attach("room", null, Flags.SUBSCRIBE, java.util.Map.of()));
    authorised(client, Pass.named("me"));
    client.publish("room", "x");
    lobby.world.run();
    assertEquals(40165, client.refusedWith());
  }
}

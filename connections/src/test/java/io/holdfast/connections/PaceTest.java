package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static Lobby limited(int connection, int channel) {
    ConnectionSettings d = ConnectionSettings.DEFAULT;
    return new Lobby(
        new ConnectionSettings(
            d.maxMessageSize(),
            d.maxFrameSize(),
            d.stateTtl(),
            d.maxIdle(),
            d.maxUnackedFrames(),
            d.maxUnackedBytes(),
            d.maxNodeUnackedBytes(),
            d.ackTimeout(),
            d.maxChannels(),
            connection,
            channel,
            d.serverId()));
  }

  private static void publish(Client client, int times) {
    for (int i = 0; i < times; i++) {
      client.publish("room", "x");
    }
    client.lobby.world.run();
  }

  @Test
  void aSecondsWorthGoesAtOnceAndThenWhatTimeBrings() {
    Pace pace = new Pace(10, 0);
    assertTrue(pace.take(10, 0));
    assertFalse(pace.take(1, 50));
    assertTrue(pace.take(1, 100));
    assertTrue(pace.take(25, 2_000));
    assertFalse(pace.take(1, 3_000));
  }

  @Test
  void itKnowsWhenThereWillBeRoom() {
    Pace pace = new Pace(4, 0);
    assertTrue(pace.take(4, 0));
    assertEquals(250, pace.roomIn(1, 0));
    assertEquals(200, pace.roomIn(1, 50));
    assertEquals(950, pace.roomIn(10, 50));
    assertFalse(pace.take(1, 249));
    assertEquals(0, pace.roomIn(1, 250));
    assertTrue(pace.take(1, 250));
    assertEquals(0, new Pace(0.1, 0).roomIn(1, 0));
    assertEquals(10_000, emptied(0.1).roomIn(1, 0));
  }

  private static Pace emptied(double perSecond) {
    Pace pace = new Pace(perSecond, 0);
    assertTrue(pace.take(1, 0));
    return pace;
  }

  @Test
  void whoIsRefusedIsToldWhen() {
    Client client = limited(0, 4).client().connect();
    publish(client, 5);
    String said = client.last(Frame.Nack.class).error().message();
    assertTrue(said.endsWith("Try again in 250 ms."), said);
  }

  @Test
  void aConnectionThatPublishesTooFastIsRefusedAndGoesOn() {
    Lobby lobby = limited(5, 0);
    Client client = lobby.client().connect();
    assertEquals(5, client.connected().details().maxInboundRate());
    publish(client, 6);
    assertEquals(42911, client.refusedWith());
    assertFalse(client.closed);
    lobby.world.pass(1_000);
    client.published("room", "later");
  }

  @Test
  void aConnectionThatFloodsIsClosed() {
    Client client = limited(5, 0).client().connect();
    publish(client, 200);
    Frame.ProtocolError error = client.last(Frame.ProtocolError.class);
    assertNull(error.channel());
    assertEquals(42921, error.error().code());
    assertTrue(client.closed);
  }

  @Test
  void aChannelIsLimitedWhoeverPublishes() {
    Lobby lobby = limited(0, 4);
    publish(lobby.client().connect(), 3);
    Client other = lobby.client().connect();
    publish(other, 2);
    assertEquals(42913, other.refusedWith());
    assertEquals(1, other.all(Frame.Ack.class).size());
  }

  @Test
  void withoutALimitNothingIsRefused() {
    Client client = limited(0, 0).client().connect();
    publish(client, 300);
    assertEquals(0, client.all(Frame.Nack.class).size());
    assertEquals(0, client.connected().details().maxInboundRate());
  }

  /** Sends frames again that were sent before, from the first on. */
  private static Client again(Client client, int times) {
    client.number = 0;
    publish(client, times);
    return client;
  }

  private static List<String> serials(Client client) {
    List<String> serials = new ArrayList<>();
    for (Frame.Ack ack : client.all(Frame.Ack.class)) {
      ack.results().forEach(result -> serials.addAll(result.serials()));
    }
    return serials;
  }

  @Test
  void whatWasTakenIsAnsweredAsBeforeHoweverFastTheChannelIs() {
    Client client = limited(0, 3).client().connect();
    publish(client, 3);
    Client back = again(client.cut().next(), 4);
    assertEquals(serials(client), serials(back));
    assertEquals(List.of("+0 3", "-3 1"), back.answers());
    assertEquals(42913, back.refusedWith());
  }

  @Test
  void whatWasTakenTakesNoRoomFromWhatIsNew() {
    Client client = limited(3, 0).client().connect();
    publish(client, 3);
    Client back = again(client.cut().next(), 7);
    assertEquals(List.of("+0 3", "+3 3", "-6 1"), back.answers());
    assertEquals(42911, back.refusedWith());
    assertEquals(serials(client), serials(back).subList(0, 3));
  }

  @Test
  void manyRepeatsAreNoFlood() {
    Lobby lobby = limited(1, 0);
    Client client = lobby.client().connect();
    for (int i = 0; i < 60; i++) {
      publish(client, 1);
      lobby.world.pass(1_000);
    }
    Client back = again(client.cut().next(), 60);
    assertFalse(back.closed);
    assertEquals(serials(client), serials(back));
    assertEquals(60, serials(back).size());
  }

  @Test
  void whatIsStillOnItsWayIsNoPublishMore() {
    Lobby lobby = limited(2, 2);
    Client client = lobby.client().connect();
    lobby.journal.holdCommits(true);
    publish(client, 2);
    Client back = again(client.cut().next(), 2);
    assertEquals(List.of(), back.answers());
    lobby.journal.holdCommits(false);
    lobby.world.run();
    assertEquals(List.of("+0 2"), back.answers());
  }

  @Test
  void whatWasRefusedWasNotAppliedAndMayComeAgain() {
    Lobby lobby = limited(0, 1);
    Client client = lobby.client().connect();
    Client reader = lobby.client().connect().attach("room");
    publish(client, 2);
    assertEquals(List.of("+0 1", "-1 1"), client.answers());
    lobby.world.pass(1_000);
    client.number = 1;
    publish(client, 1);
    assertEquals(List.of("+0 1", "-1 1", "+1 1"), client.answers());
    assertEquals(2, reader.heard().size());
  }

  @Test
  void aRestPublishThatComesAgainIsAnsweredAsBefore() {
    Lobby lobby = limited(0, 1);
    RestPublishing rest = new RestPublishing(lobby.connections, () -> "made");
    List<Message> once = List.of(Client.message(MessageAction.CREATE, null, "mine:0", "x"));
    var first = rest.publish(Pass.KEY, "room", once, Map.of());
    lobby.world.run();
    var again = rest.publish(Pass.KEY, "room", once, Map.of());
    var other =
        rest.publish(
            Pass.KEY,
            "room",
            List.of(Client.message(MessageAction.CREATE, null, "other:0", "x")),
            Map.of());
    lobby.world.run();
    assertEquals(first.join(), again.join());
    assertTrue(first.join() instanceof RestPublishing.Outcome.Done);
    assertTrue(
        other.join() instanceof RestPublishing.Outcome.Refused(var error) && error.code() == 42913);
  }

  /** Credentials with a rate of their own for some channels. */
  private record Slow(Pass pass, String channel, double rate) implements Access {
    @Override
    public String app() {
      return pass.app();
    }

    @Override
    public @Nullable String clientId() {
      return pass.clientId();
    }

    @Override
    public boolean mayBe(String name) {
      return pass.mayBe(name);
    }

    @Override
    public Slow as(String client) {
      return new Slow(pass.as(client), channel, rate);
    }

    @Override
    public boolean permits(Permission permission, String name) {
      return pass.permits(permission, name);
    }

    @Override
    public long modes(String name) {
      return pass.modes(name);
    }

    @Override
    public long expires() {
      return pass.expires();
    }

    @Override
    public double publishRate(String name) {
      return name.equals(channel) ? rate : 0;
    }
  }

  @Test
  void credentialsMayLimitAConnectionOnAChannel() {
    Lobby lobby = limited(0, 0);
    Client client = lobby.client(new Slow(Pass.KEY, "room", 0.5)).connect();
    publish(client, 2);
    assertEquals(42911, client.refusedWith());
    lobby.world.pass(1_000);
    publish(client, 1);
    lobby.world.pass(1_000);
    publish(client, 1);
    client.published("other", "x");
    client.published("other", "y");
    assertEquals(List.of("+0 1", "-1 1", "-2 1", "+3 1", "+4 1", "+5 1"), client.answers());
    publish(lobby.client().connect(), 3);
  }

  @Test
  void otherCredentialsBringAnotherRate() {
    Lobby lobby = limited(0, 0);
    lobby.tokens.put("faster", new Slow(Pass.KEY, "room", 3));
    Client client = lobby.client(new Slow(Pass.KEY, "room", 1)).connect();
    publish(client, 2);
    client.send(new Frame.Auth("faster"));
    publish(client, 4);
    assertEquals(List.of("+0 1", "-1 1", "+2 3", "-5 1"), client.answers());
  }
}

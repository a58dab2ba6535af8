package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Frame;
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
}

package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Frame;
import io.holdfast.protocol.PresenceAction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a client can make the server remember of it has an end. */
class BoundsTest {
  private static final int CHANNELS = 5;

  private final Lobby lobby = new Lobby(settings());

  private static ConnectionSettings settings() {
    ConnectionSettings d = ConnectionSettings.DEFAULT;
    return new ConnectionSettings(
        d.maxMessageSize(),
        d.maxFrameSize(),
        d.stateTtl(),
        d.maxIdle(),
        d.maxUnackedFrames(),
        d.maxUnackedBytes(),
        d.maxNodeUnackedBytes(),
        d.ackTimeout(),
        CHANNELS,
        d.messageRate(),
        d.channelMessageRate(),
        d.serverId());
  }

  @Test
  void aConnectionIsPresentOnSoManyChannels() {
    Client client = lobby.client().connect();
    for (int i = 0; i < CHANNELS; i++) {
      client.enter("room" + i);
    }
    assertEquals(0, client.all(Frame.Nack.class).size());
    client.enter("other");
    assertEquals(90010, client.refusedWith());
    client.presence("room0", PresenceAction.LEAVE, null);
    lobby.world.run();
    assertEquals(1, client.all(Frame.Nack.class).size());
    client.send(new Frame.Detach("room0")).enter("other");
    assertEquals(1, client.all(Frame.Nack.class).size());
  }

  @Test
  void aConnectionHasSoManyFilters() {
    Client client = new Lobby().client().connect();
    for (int i = 0; i < 100; i++) {
      client.attach(filtered(i));
    }
    assertEquals(0, client.all(Frame.ProtocolError.class).size());
    client.attach(filtered(100));
    assertEquals(90010, client.last(Frame.ProtocolError.class).error().code());
    client.attach(filtered(7)).attach("plain");
    assertEquals(1, client.all(Frame.ProtocolError.class).size());
  }

  private static String filtered(int number) {
    byte[] filter = ("name == 'n" + number + "'").getBytes(StandardCharsets.UTF_8);
    return "[filter=" + Base64.getEncoder().encodeToString(filter) + "]room";
  }

  /** What comes of an append that the client missed, when it was on so many others meanwhile. */
  private String missed(int others) {
    Client agent = lobby.client().connect();
    Client client = lobby.client().connect().attach("first");
    String serial = agent.published("first", "a");
    String place = client.place("first");
    client = client.cut().next();
    for (int i = 0; i < others; i++) {
      client.attach("other" + i);
    }
    agent.append("first", serial, "b");
    lobby.world.run();
    Client back = client.cut().next();
    back.attach("first", place, Map.of());
    assertFalse(back.closed);
    return back.heard().getLast();
  }

  @Test
  void whatAClientHoldsIsKnownAsLongAsItIsOnNoMoreThanItMay() {
    assertEquals("APPEND b", missed(CHANNELS - 1));
    assertEquals("UPDATE ab", missed(CHANNELS));
  }

  @Test
  void appendsToManyChannelsAreLetOutBeforeTheirTime() {
    Client client = lobby.client();
    client.window = 500;
    client.connect();
    String serial = client.published("room", "a");
    client.append("room", serial, "b");
    client.append("room", serial, "c");
    lobby.world.run();
    assertEquals(2, client.answers().size());
    for (int i = 0; i < 1_000; i++) {
      client.append("none" + i, serial, "x");
    }
    lobby.world.run();
    assertTrue(client.answers().get(2).startsWith("+2 "), client.answers().toString());
  }
}

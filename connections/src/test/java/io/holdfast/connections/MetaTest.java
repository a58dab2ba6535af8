package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the server says of itself. */
class MetaTest {
  private final Lobby lobby = new Lobby();

  private static List<String> told(Client client) {
    return client.all(Frame.Messages.class).stream()
        .flatMap(frame -> frame.messages().stream())
        .map(Message::name)
        .map(Objects::requireNonNull)
        .toList();
  }

  private static String data(Client client) {
    Message last = client.last(Frame.Messages.class).messages().getLast();
    return Objects.requireNonNull(last.data()).asText();
  }

  @Test
  void connectionsThatComeAndGoAreTold() {
    Client watcher = lobby.client().connect().attach("[meta]connection.lifecycle");
    Client other = lobby.client(Pass.named("ada")).connect();
    assertEquals(List.of("connection.opened"), told(watcher));
    assertEquals("{\"connectionId\":\"" + other.id() + "\",\"clientId\":\"ada\"}", data(watcher));
    other.send(new Frame.Close());
    assertEquals(List.of("connection.opened", "connection.closed"), told(watcher));
    Client lost = lobby.client().connect();
    lost.cut();
    watcher.live(200_000);
    assertEquals("connection.closed", told(watcher).getLast());
    assertEquals(4, told(watcher).size());
    Client back = lost.like().resume(lost);
    assertEquals(lost.id(), back.id());
    assertEquals("connection.opened", told(watcher).getLast());
    back.cut();
    Client soon = back.like().resume(back);
    assertEquals(lost.id(), soon.id());
    assertEquals(5, told(watcher).size());
  }

  @Test
  void channelsThatOpenAndCloseAreTold() {
    Client watcher = lobby.client().connect().attach("[meta]channel.lifecycle");
    Client other = lobby.client().connect().attach("room");
    assertEquals(List.of("channel.opened", "channel.region.active"), told(watcher));
    assertTrue(data(watcher).startsWith("{\"channelId\":\"room\",\"status\":{\"isActive\":true"));
    other.send(new Frame.Detach("room"));
    watcher.live(60_000);
    lobby.channels.retireIdle();
    lobby.world.run();
    lobby.channels.retireIdle();
    lobby.world.run();
    assertEquals(List.of("channel.region.inactive", "channel.closed"), told(watcher).subList(2, 4));
    assertTrue(data(watcher).startsWith("{\"channelId\":\"room\",\"status\":{\"isActive\":false"));
  }

  @Test
  void whatEndsAConnectionIsInTheLog() {
    Client watcher = lobby.client().connect().attach("[meta]log");
    Client other = lobby.client().connect();
    other.send(new Frame.Auth("nonsense"));
    assertEquals(List.of("connection.error"), told(watcher));
    assertTrue(data(watcher).contains("\"code\":40145"));
  }

  @Test
  void nothingIsToldWhereNobodyListens() {
    lobby.client().connect().attach("room");
    assertTrue(
        lobby.channels.open().stream().noneMatch(channel -> channel.name().startsWith("[meta]")));
  }

  @Test
  void occupancyNeedsItsCapability() {
    Client may = lobby.client().connect();
    may.attach("room", null, Map.of("occupancy", "metrics"));
    assertEquals(List.of("[meta]occupancy"), told(may));
    assertEquals(Map.of("occupancy", "metrics"), may.last(Frame.Attached.class).params());
    Client mayNot = lobby.client(Pass.allowing("x", Permission.SUBSCRIBE)).connect();
    mayNot.attach("room", null, Map.of("occupancy", "metrics"));
    assertTrue(told(mayNot).isEmpty());
    assertTrue(mayNot.last(Frame.Attached.class).params().isEmpty());
    assertTrue((mayNot.last(Frame.Attached.class).flags() & Flags.SUBSCRIBE) != 0);
  }

  @Test
  void occupancyIsToldForAsLongAsCredentialsAllowIt() {
    Client client = lobby.client().connect();
    client.attach("room", null, Map.of("occupancy", "metrics"));
    lobby.tokens.put("less", Pass.allowing("me", Permission.SUBSCRIBE));
    lobby.tokens.put("more", Pass.named("me"));
    client.send(new Frame.Auth("less"));
    assertEquals(Map.of(), client.last(Frame.Attached.class).params());
    assertTrue(client.attachedAndResumed());
    lobby.client().connect().attach("room");
    client.live(5_000);
    assertEquals(1, told(client).size());
    client.send(new Frame.Auth("more"));
    assertEquals(Map.of("occupancy", "metrics"), client.last(Frame.Attached.class).params());
    assertEquals(2, told(client).size());
    assertEquals(List.of(), client.all(Frame.Detached.class));
  }

  @Test
  void nothingIsMissedWhereOccupancyIsNoLongerTold() {
    for (String delta : List.of("", "vcdiff")) {
      Client client = lobby.client().connect();
      String room = "room" + delta;
      Map<String, String> params = new HashMap<>(Map.of("occupancy", "metrics"));
      if (!delta.isEmpty()) {
        params.put("delta", delta);
      }
      client.attach(room, null, params);
      Client writer = lobby.client().connect();
      writer.published(room, "one");
      lobby.tokens.put("less", Pass.allowing("me", Permission.SUBSCRIBE));
      client.put(new Frame.Auth("less"));
      writer.publish(room, "two");
      lobby.world.run();
      assertTrue(client.attachedAndResumed());
      assertEquals(
          List.of("CREATE one", "CREATE two"),
          client.heard().stream().filter(text -> text.startsWith("CREATE")).toList());
    }
  }
}

package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Data;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A new process that takes over a connection and numbers its frames from 0 again. */
class RecoverTest {
  private final Lobby lobby = new Lobby();

  private static Frame.Presence say(PresenceAction action, long number, String text) {
    PresenceMessage message =
        new PresenceMessage(action, null, null, null, Data.text(text), null, null, 0);
    return new Frame.Presence("room", List.of(message), number, null, null, null, 0);
  }

  /** A client with a long past, its socket broken. */
  private Client past() {
    Client one = lobby.client().connect().attach("room");
    for (int i = 0; i < 5; i++) {
      one.published("room", "m" + i);
    }
    one.send(say(PresenceAction.ENTER, one.number++, "old"));
    return one.cut();
  }

  private static List<String> told(Client client) {
    List<String> told = new ArrayList<>();
    for (Frame.Presence frame : client.all(Frame.Presence.class)) {
      PresenceMessage message = frame.presence().getFirst();
      told.add(message.action() + " " + Objects.requireNonNull(message.data()).asText());
    }
    return told;
  }

  @Test
  void itsPresenceIsNewerThanThatOfTheProcessBefore() {
    Client watcher = lobby.client(Pass.named("watch")).connect().attach("room");
    Client one = past();
    Client two = one.like().recover(one);
    two.attach("room", one.place("room"), Map.of());
    two.send(say(PresenceAction.ENTER, 0, "fresh"));
    two.send(say(PresenceAction.UPDATE, 1, "fresher"));
    two.send(say(PresenceAction.LEAVE, 2, "gone"));
    assertEquals(one.id(), two.id());
    assertEquals(List.of("+0 1", "+1 1", "+2 1"), two.answers());
    assertEquals(
        List.of("ENTER old", "UPDATE fresh", "UPDATE fresher", "LEAVE gone"), told(watcher));
  }

  @Test
  void clientsCanTellByTheIdsThatItsPresenceIsNewer() {
    Client watcher = lobby.client(Pass.named("watch")).connect().attach("room");
    Client one = past();
    Client two = one.like().recover(one);
    two.send(say(PresenceAction.UPDATE, 0, "fresh"));
    List<Long> numbers = new ArrayList<>();
    for (Frame.Presence frame : watcher.all(Frame.Presence.class)) {
      String id = Objects.requireNonNull(frame.presence().getFirst().id());
      assertTrue(id.startsWith(one.id() + ":"), id);
      numbers.add(Long.parseLong(id.split(":", -1)[1]));
    }
    assertTrue(numbers.getLast() > numbers.getFirst(), numbers.toString());
  }

  @Test
  void noMessageOfItHasTheIdOfAnEarlierOne() {
    Client reader = lobby.client(Pass.named("watch")).connect().attach("room");
    Client one = past();
    Client two = one.like().recover(one);
    two.published("room", "again");
    List<String> ids = new ArrayList<>();
    reader.all(Frame.Messages.class).forEach(frame -> ids.add(String.valueOf(frame.id())));
    assertEquals(6, ids.size());
    assertEquals(6, ids.stream().distinct().count(), ids.toString());
  }

  @Test
  void aKeyRecoveredFromTwiceMakesTwoLivesAlsoOverARestart() {
    Client one = past();
    Client two = one.like().recover(one);
    two.published("room", "two");
    two.cut();
    lobby.restart();
    lobby.world.pass(2_000);
    Client three = one.like().recover(one);
    three.published("room", "three");
    three.attach("room", null, Map.of("rewind", "2"));
    assertEquals(List.of("CREATE two", "CREATE three"), three.heard());
  }
}

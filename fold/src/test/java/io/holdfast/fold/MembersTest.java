package io.holdfast.fold;

import static io.holdfast.protocol.PresenceAction.ENTER;
import static io.holdfast.protocol.PresenceAction.LEAVE;
import static io.holdfast.protocol.PresenceAction.PRESENT;
import static io.holdfast.protocol.PresenceAction.UPDATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.holdfast.protocol.Data;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MembersTest {
  private static final Owner NEXT = new Owner("boot", 2);
  private final Stored stored = new Stored();

  private static List<PresenceMessage> told(Applied applied) {
    List<PresenceMessage> told = new ArrayList<>();
    for (Event event : applied.events()) {
      told.addAll(assertInstanceOf(Event.PresenceChanged.class, event).messages());
    }
    return told;
  }

  private static List<PresenceAction> actions(Applied applied) {
    return told(applied).stream().map(PresenceMessage::action).toList();
  }

  private Member member(String key) {
    return Objects.requireNonNull(stored.state().member(key));
  }

  @Test
  void aMemberEntersUpdatesAndLeaves() {
    assertEquals(List.of(ENTER), actions(stored.add(Parts.presence("c", 0, ENTER, "ann"))));
    assertEquals(PRESENT, member("c:ann").message().action());
    assertEquals(List.of(UPDATE), actions(stored.add(Parts.presence("c", 1, UPDATE, "ann"))));
    assertEquals("c:1:0", member("c:ann").message().id());
    assertEquals(List.of(LEAVE), actions(stored.add(Parts.presence("c", 2, LEAVE, "ann"))));
    assertEquals(List.of(), List.copyOf(stored.state().members()));
  }

  @Test
  void anUpdateOfOneWhoIsNotThereEntersAndAnEnterOfOneWhoIsUpdates() {
    assertEquals(List.of(ENTER), actions(stored.add(Parts.presence("c", 0, UPDATE, "ann"))));
    assertEquals(List.of(UPDATE), actions(stored.add(Parts.presence("c", 1, ENTER, "ann"))));
  }

  @Test
  void aLeaveOfOneWhoIsNotThereIsAcceptedAndTellsNobody() {
    Applied applied = stored.add(Parts.presence("c", 0, LEAVE, "ann"));
    assertEquals(List.of(), applied.events());
    assertInstanceOf(Verdict.Accepted.class, applied.outcomes().getFirst().verdict());
  }

  @Test
  void aPartOfNobodyIsAcceptedAndTellsNobody() {
    Applied applied = stored.add(new Part.Presence(Parts.origin("c", 0), Parts.OWNER, List.of()));
    assertEquals(List.of(), applied.events());
    assertInstanceOf(Verdict.Accepted.class, applied.outcomes().getFirst().verdict());
  }

  @Test
  void aLeaveWithoutDataRepeatsTheMembers() {
    stored.add(Parts.presence("c", 0, ENTER, "ann"));
    PresenceMessage leave = Parts.member(LEAVE, "c:1:0", "ann", "c", null);
    Applied applied =
        stored.add(new Part.Presence(Parts.origin("c", 1), Parts.OWNER, List.of(leave)));
    assertEquals(Data.text("here"), told(applied).getFirst().data());
  }

  @Test
  void oneClientOnTwoConnectionsIsTwoMembers() {
    stored.add(Parts.presence("c", 0, ENTER, "ann"));
    stored.add(Parts.presence("d", 0, ENTER, "ann"));
    stored.add(Parts.presence("c", 1, LEAVE, "ann"));
    assertNull(stored.state().member("c:ann"));
    assertNotNull(stored.state().member("d:ann"));
  }

  @Test
  void aReEntryUnderAKnownIdMovesTheOwnerAndTellsNobody() {
    stored.add(Parts.presence("c", 0, ENTER, "ann"));
    PresenceMessage again = Parts.member(ENTER, "c:0:0", "ann", "c", "here");
    Applied applied = stored.add(new Part.Presence(Parts.origin("c", 5), NEXT, List.of(again)));
    assertEquals(List.of(), applied.events());
    assertEquals(NEXT, member("c:ann").owner());
    assertEquals(stored.serial(0, 0), member("c:ann").ownedAt());
  }

  @Test
  void ownMovesTheMembersOfAConnectionAndNoOthers() {
    stored.add(Parts.presence("c", 0, ENTER, "ann", "ben"));
    stored.add(Parts.presence("d", 0, ENTER, "cat"));
    assertEquals(List.of(), stored.add(new Part.Own("c", NEXT)).events());
    assertEquals(NEXT, member("c:ann").owner());
    assertEquals(NEXT, member("c:ben").owner());
    assertEquals(Parts.OWNER, member("d:cat").owner());
  }

  @Test
  void aDepartureEndsTheOwnershipItNames() {
    stored.add(Parts.presence("c", 0, ENTER, "ann"));
    String owned = member("c:ann").ownedAt();
    Applied applied = stored.add(new Part.Depart("c:ann", owned, "departed:0:0"));
    PresenceMessage leave = told(applied).getFirst();
    assertEquals(LEAVE, leave.action());
    assertEquals("departed:0:0", leave.id());
    assertEquals(Data.text("here"), leave.data());
    assertNull(stored.state().member("c:ann"));
  }

  @Test
  void aDepartureIsIgnoredOnceOwnershipHasMoved() {
    stored.add(Parts.presence("c", 0, ENTER, "ann"));
    String owned = member("c:ann").ownedAt();
    stored.add(new Part.Own("c", NEXT));
    Applied applied = stored.add(new Part.Depart("c:ann", owned, "departed:0:0"));
    assertEquals(List.of(), applied.events());
    assertNotNull(stored.state().member("c:ann"));
    assertEquals(ChannelState.Extent.NONE, stored.state().extent(applied.cursor()));
  }

  @Test
  void aFrameThatWouldPassTheCapIsRefusedWhole() {
    Stored small = new Stored(new FoldLimits(1_000, 2, 300_000));
    small.add(Parts.presence("c", 0, ENTER, "ann"));
    Applied applied = small.add(Parts.presence("c", 1, ENTER, "ben", "cat"));
    assertEquals(List.of(), applied.events());
    Verdict verdict = applied.outcomes().getFirst().verdict();
    assertEquals(91003, assertInstanceOf(Verdict.Refused.class, verdict).error().code());
    small.add(Parts.presence("c", 2, ENTER, "ben"));
    assertEquals(List.of(UPDATE), actions(small.add(Parts.presence("c", 3, UPDATE, "ann"))));
    small.add(Parts.presence("c", 4, LEAVE, "ann"));
    assertEquals(List.of(ENTER), actions(small.add(Parts.presence("c", 5, ENTER, "cat"))));
  }

  @Test
  void presenceEventsAreKeptUnderTheirSerials() {
    stored.add(Parts.presence("c", 0, ENTER, "ann", "ben"));
    stored.add(Parts.presence("c", 1, LEAVE, "ann"));
    List<String> kept =
        stored.state().unwrittenRecords(RecordKind.PRESENCE).values().stream()
            .map(PresenceRecord::decode)
            .map(m -> m.action() + " " + m.clientId())
            .toList();
    assertEquals(List.of("ENTER ann", "ENTER ben", "LEAVE ann"), kept);
  }

  @Test
  void membersSurviveARestart() {
    stored.add(Parts.presence("c", 0, ENTER, "ann", "ben"));
    stored.checkpoint();
    stored.add(Parts.presence("c", 1, LEAVE, "ann"));
    stored.restarted();
    assertEquals(1, stored.state().members().size());
    assertNotNull(stored.state().member("c:ben"));
  }

  @Test
  void anEarlierTransportThatComesLateTakesNothingBack() {
    Owner first = new Owner("boot", 6);
    Owner second = new Owner("boot", 8);
    stored.add(Parts.presence("c", 0, first, ENTER, "ann"));
    stored.add(new Part.Own("c", second));
    stored.add(new Part.Own("c", first));
    stored.add(Parts.presence("c", 1, first, UPDATE, "ann"));
    assertEquals(second, stored.state().members().iterator().next().owner());
    stored.add(new Part.Own("c", new Owner("other boot", 9)));
    stored.add(new Part.Own("c", second));
    assertEquals(new Owner("other boot", 9), stored.state().members().iterator().next().owner());
  }

  @Test
  void aLeaveThatIsOlderThanTheEnterComesTooLateForEverybody() {
    stored.add(Parts.presence("c", 1, ENTER, "ann"));
    assertEquals(List.of(), actions(stored.add(Parts.presence("c", 0, LEAVE, "ann"))));
    assertNotNull(stored.state().member("c:ann"));
    assertEquals(List.of(LEAVE), actions(stored.add(Parts.presence("c", 2, LEAVE, "ann"))));
  }
}

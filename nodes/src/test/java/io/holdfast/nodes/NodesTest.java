package io.holdfast.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NodesTest {
  private final World world = new World();

  private static AtomicInteger changes(Nodes nodes) {
    AtomicInteger changes = new AtomicInteger();
    nodes.onChange(changes::incrementAndGet);
    return changes;
  }

  @Test
  void aNewNodeKnowsAllOthersWithinARoundTripAndTheyKnowIt() {
    Nodes a = world.start("a");
    assertTrue(a.acquainted().isDone());
    assertEquals(Set.of(), a.others());
    Nodes b = world.start("b");
    Nodes c = world.start("c");
    assertTrue(c.acquainted().isDone());
    assertEquals(Set.of("b", "c"), a.others());
    assertEquals(Set.of("a", "c"), b.others());
    assertEquals(Set.of("a", "b"), c.others());
    assertTrue(c.alive("a"));
    assertTrue(c.alive("c"));
    assertFalse(c.alive("d"));
  }

  @Test
  void nodesThatBeginAtOnceFindEachOther() {
    Nodes a = world.begin("a", World.FORMS);
    Nodes b = world.begin("b", World.FORMS);
    world.pass(0);
    assertEquals(Set.of("b"), a.others());
    assertEquals(Set.of("a"), b.others());
  }

  @Test
  void oneAnswerNamesThoseWhoseOwnSignsWereLost() {
    world.start("a");
    world.start("b");
    world.hub.drop(passing -> passing.from().equals("b") || passing.to().equals("b"));
    Nodes c = world.start("c");
    assertEquals(Set.of("a", "b"), c.others());
  }

  @Test
  void whoSaysGoodbyeIsGoneAtOnceAndForGood() {
    Nodes a = world.start("a");
    Nodes b = world.start("b");
    AtomicInteger changes = changes(a);
    world.pass(300);
    b.close();
    b.close();
    world.pass(0);
    assertEquals(Set.of(), a.others());
    assertEquals(1, changes.get());
    assertEquals(world.now(), a.lastSeen("b"));
    world.of(b).send("nodes.beats", new Beat(false, "b", 0, World.FORMS).bytes());
    world.pass(60_000);
    assertFalse(a.alive("b"));
    assertEquals(1, changes.get());
  }

  @Test
  void whoIsKilledIsGoneAfterTheLeaseAndNotBefore() {
    Nodes a = world.start("a");
    Nodes b = world.start("b");
    AtomicInteger changes = changes(a);
    world.pass(2_500);
    long seen = a.lastSeen("b");
    assertEquals(world.now() - 500, seen);
    world.kill(b);
    world.pass(seen + a.lease() - world.now());
    assertTrue(a.alive("b"));
    world.pass(1_000);
    assertFalse(a.alive("b"));
    assertEquals(1, changes.get());
    assertEquals(seen, a.lastSeen("b"));
    assertEquals(0, a.lastSeen("c"));
    assertEquals(world.now(), a.lastSeen("a"));
  }

  @Test
  void whoWasSilentForLongerThanTheLeaseIsThereAgainOnceHeard() {
    Nodes a = world.start("a");
    Nodes b = world.start("b");
    AtomicInteger changes = changes(a);
    world.hub.drop(passing -> passing.from().equals("b") && passing.to().equals("a"));
    world.pass(10_000);
    assertFalse(a.alive("b"));
    assertTrue(b.alive("a"));
    world.hub.drop(passing -> false);
    world.pass(1_000);
    assertTrue(a.alive("b"));
    assertEquals(2, changes.get());
  }

  @Test
  void signsOfLifeThatAreLostNowAndThenChangeNothing() {
    Nodes a = world.start("a");
    world.start("b");
    AtomicInteger changes = changes(a);
    AtomicInteger passed = new AtomicInteger();
    world.hub.drop(passing -> passed.incrementAndGet() % 4 != 0);
    world.pass(600_000);
    world.hub.drop(passing -> passing.from().equals("b"));
    world.pass(4_000);
    assertTrue(a.alive("b"));
    assertEquals(0, changes.get());
  }

  @Test
  void whatANodeTellsIsASignOfLifeToo() {
    Nodes a = world.start("a");
    Nodes b = world.start("b");
    a.hear("t", (from, news) -> {});
    world.hub.drop(passing -> passing.topic().startsWith("nodes.") && passing.from().equals("b"));
    for (int i = 0; i < 20; i++) {
      world.pass(1_000);
      b.tellAll("t", new byte[0]);
    }
    assertTrue(a.alive("b"));
  }

  @Test
  void aNodeThatIsCutOffTakesNobodyForGoneAndGivesTheWholeLeaseAfterwards() {
    Nodes a = world.start("a");
    Nodes b = world.start("b");
    Nodes c = world.start("c");
    AtomicInteger changes = changes(a);
    world.of(a).cut(true);
    world.pass(60_000);
    assertEquals(Set.of("b", "c"), a.others());
    assertFalse(b.alive("a"));
    world.kill(c);
    world.of(a).cut(false);
    world.pass(5_000);
    assertEquals(Set.of("b", "c"), a.others());
    assertEquals(0, changes.get());
    world.pass(2_000);
    assertEquals(Set.of("b"), a.others());
    assertTrue(b.alive("a"));
  }

  @Test
  void aNodeThatWasAsleepTakesNobodyForGoneByThat() {
    Nodes a = world.start("a");
    world.start("b");
    AtomicInteger changes = changes(a);
    world.hub.drop(passing -> passing.from().equals("b"));
    world.sleep(60_000);
    world.pass(4_000);
    assertTrue(a.alive("b"));
    world.hub.drop(passing -> false);
    world.pass(60_000);
    assertEquals(0, changes.get());
  }

  @Test
  void timeInWhichANodeHearsNobodyIsNobodysSilence() {
    Nodes a = world.start("a");
    Nodes b = world.start("b");
    Nodes c = world.start("c");
    world.kill(c);
    world.pass(10_000);
    assertFalse(a.alive("c"));
    long seen = a.lastSeen("c");
    assertTrue(a.hears());
    world.of(a).cut(true);
    world.pass(30_000);
    assertFalse(a.hears());
    world.kill(b);
    world.of(a).cut(false);
    world.pass(1_000);
    long again = world.now();
    assertTrue(a.hears());
    assertTrue(a.lastSeen("c") >= seen + 30_000 && a.lastSeen("c") <= world.now());
    world.pass(a.lease() + 1_000);
    assertFalse(a.alive("b"));
    assertTrue(a.lastSeen("b") > again - 1_000);
  }

  @Test
  void aClockThatIsSetBackHidesNoDeath() {
    Nodes a = world.start("a");
    Nodes b = world.start("b");
    world.pass(10_000);
    world.sleep(-5_000);
    world.pass(6_000);
    assertTrue(a.alive("b"));
    world.kill(b);
    world.pass(8_000);
    assertFalse(a.alive("b"));
  }

  @Test
  void allNodesAgreeOnTheirPlacesAndShareTheWork() {
    List<Nodes> all = new ArrayList<>();
    for (String boot : List.of("a", "b", "c", "d")) {
      all.add(world.start(boot));
    }
    Map<String, Integer> first = new HashMap<>();
    for (int i = 0; i < 1_000; i++) {
      Set<Integer> places = new TreeSet<>();
      for (Nodes nodes : all) {
        int place = nodes.rank("work" + i);
        places.add(place);
        first.merge(nodes.boot(), place == 0 ? 1 : 0, Integer::sum);
      }
      assertEquals(Set.of(0, 1, 2, 3), places);
    }
    first.forEach((boot, works) -> assertTrue(works > 180 && works < 320, first.toString()));
  }

  @Test
  void whenANodeGoesOnlyItsWorkMoves() {
    Nodes a = world.start("a");
    Nodes b = world.start("b");
    Nodes c = world.start("c");
    Set<Integer> ofA = new TreeSet<>();
    Set<Integer> ofB = new TreeSet<>();
    for (int i = 0; i < 300; i++) {
      if (a.rank("work" + i) == 0) {
        ofA.add(i);
      } else if (b.rank("work" + i) == 0) {
        ofB.add(i);
      }
    }
    c.close();
    world.pass(0);
    ofA.forEach(i -> assertEquals(0, a.rank("work" + i)));
    ofB.forEach(i -> assertEquals(0, b.rank("work" + i)));
  }

  @Test
  void aNodeThatCannotReadWhatOthersWriteIsTheOneToGo() {
    List<String> late = new ArrayList<>();
    Nodes old = world.start("old", new EntryForms(4, 4));
    assertEquals(null, old.objection(late::add));
    world.pass(1);
    Nodes next = world.start("next", new EntryForms(5, 4));
    assertEquals(null, next.objection(late::add));
    Nodes newer = world.start("newer", new EntryForms(5, 5));
    String objection = String.valueOf(newer.objection(late::add));
    assertTrue(objection.contains("node old reads none newer than 4"), objection);
    newer.close();
    old.close();
    world.pass(1);
    Nodes third = world.start("third", new EntryForms(6, 5));
    assertEquals(null, third.objection(late::add));
    next.close();
    world.pass(1);
    Nodes back = world.start("back", new EntryForms(4, 4));
    objection = String.valueOf(back.objection(late::add));
    assertTrue(objection.contains("node third writes entries of form 5"), objection);
    assertEquals(List.of(), late);
  }

  @Test
  void oneOfTwoThatBeganAtOnceAndDoNotFitHearsOfItLater() {
    List<String> objections = new ArrayList<>();
    Nodes a = world.begin("a", new EntryForms(4, 4));
    Nodes b = world.begin("b", new EntryForms(5, 5));
    assertEquals(null, a.objection(words -> objections.add("a: " + words)));
    assertEquals(null, b.objection(words -> objections.add("b: " + words)));
    world.pass(5_000);
    assertEquals(1, objections.size(), objections.toString());
    assertTrue(objections.getFirst().startsWith("b: this release writes"), objections.toString());
  }

  @Test
  void ofManyRunsTheOldestThatAreGoneAreForgotten() {
    Nodes a = world.start("a");
    world.start("live");
    Roster roster = new Roster();
    for (int i = 0; i < 2 * Roster.REMEMBERED; i++) {
      world.pass(100);
      Beat beat = new Beat(true, "run" + i, 0, World.FORMS);
      world.of(a).send("nodes.beats", beat.bytes());
      roster.here(new Beat(false, "run" + i, 0, World.FORMS), i);
    }
    world.pass(0);
    assertTrue(a.alive("live"));
    assertEquals(0, a.lastSeen("run0"));
    assertEquals(world.now(), a.lastSeen("run" + (2 * Roster.REMEMBERED - 1)));
    assertEquals(Roster.REMEMBERED, roster.live().size());
    assertEquals(0, roster.seen("run0"));
  }

  @Test
  void whatCannotBeReadIsPassedOver() {
    Nodes a = world.start("a");
    world.start("b");
    world.of(a).send("nodes.beats", new byte[] {1, 2});
    world.of(a).send("nodes.beats.b", new byte[0]);
    world.pass(10_000);
    assertEquals(Set.of("b"), a.others());
  }

  @Test
  void aNodeAloneHasNoOthers() {
    Nodes alone = Nodes.alone("boot");
    assertTrue(alone.acquainted().isDone());
    assertEquals(Set.of(), alone.others());
    assertEquals(0, alone.rank("work"));
    assertTrue(alone.alive("boot"));
    assertTrue(alone.lastSeen("boot") > 0);
    assertEquals(null, alone.objection(words -> {}));
    alone.tellAll("t", new byte[1]);
    assertEquals(Map.of(), alone.askAll("t", new byte[1]).join());
    assertEquals(null, alone.ask("other", "t", new byte[1]).join());
    alone.close();
  }

  @Test
  void aRunIsNamedByAWord() {
    assertThrows(IllegalArgumentException.class, () -> Nodes.alone("a.b"));
    assertThrows(IllegalArgumentException.class, () -> Nodes.alone(""));
    assertThrows(IllegalArgumentException.class, () -> Nodes.alone("a".repeat(65)));
  }
}

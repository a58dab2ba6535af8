package io.holdfast.fold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.objects.CounterObject;
import io.holdfast.objects.Head;
import io.holdfast.objects.Operation;
import io.holdfast.objects.Pool;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Value;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.ObjectMessage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ObjectsTest {
  private static final String MAP = "map:abc@1";
  private static final String COUNTER = "counter:abc@1";
  private static final long GRACE = 1_000;
  private static final FoldLimits LIMITS = FoldLimits.DEFAULT.withObjects(20_000, GRACE);

  private final Stored stored = new Stored(LIMITS);

  private static Operation set(String key, String text) {
    return new Operation.MapSet("root", key, new Value.Text(text));
  }

  private static Operation refer(String key, String id) {
    return new Operation.MapSet("root", key, new Value.Reference(id));
  }

  private static Operation inc(double amount) {
    return new Operation.CounterInc(COUNTER, amount);
  }

  private static Event.Operated told(Applied applied) {
    return assertInstanceOf(Event.Operated.class, applied.events().getFirst());
  }

  private static int refusal(Applied applied) {
    Verdict verdict = applied.outcomes().getFirst().verdict();
    return assertInstanceOf(Verdict.Refused.class, verdict).error().code();
  }

  private Pool pool() {
    return stored.state().objects();
  }

  private Applied collect(long retention) {
    return stored.add(new Part.Collect("gc", retention));
  }

  private double counter() {
    return assertInstanceOf(CounterObject.class, pool().get(COUNTER)).value();
  }

  @Test
  void eachOperationHasASerialOfItsOwnAndTheSiteOfTheLog() {
    Applied applied =
        stored.add(
            Parts.publish("b", 0, "first"),
            Parts.operate("a", 7, new Operation.CounterCreate(COUNTER, 5, null), inc(2)));
    Event.Operated told = assertInstanceOf(Event.Operated.class, applied.events().getLast());
    Verdict.Accepted accepted =
        assertInstanceOf(Verdict.Accepted.class, applied.outcomes().getLast().verdict());
    assertEquals(accepted.serials(), told.messages().stream().map(ObjectMessage::serial).toList());
    assertEquals(List.of(stored.serial(1, 0), stored.serial(1, 1)), accepted.serials());
    for (ObjectMessage message : told.messages()) {
      assertEquals(Cursor.site(Stored.GENERATION), message.siteCode());
      assertEquals(told.time(), message.serialTimestamp());
      assertEquals("a", message.clientId());
    }
    assertEquals("a:7", told.id());
    assertEquals("a:7:1", told.messages().getLast().id());
    assertEquals(7, counter());
  }

  @Test
  void aResentIncrementCountsOnceAndHasTheSerialOfThen() {
    Applied first = stored.add(Parts.operate("a", 0, inc(5)));
    stored.add(Parts.operate("b", 0, inc(1)));
    Applied again = stored.add(Parts.operate("a", 0, inc(5)));
    assertEquals(first.outcomes().getFirst().verdict(), again.outcomes().getFirst().verdict());
    assertTrue(again.events().isEmpty());
    stored.restarted();
    again = stored.add(Parts.operate("a", 0, inc(5)));
    assertEquals(first.outcomes().getFirst().verdict(), again.outcomes().getFirst().verdict());
    assertEquals(6, counter());
  }

  @Test
  void aBatchIsAppliedWholeOrNotAtAll() {
    stored.add(Parts.operate("a", 0, set("k", "1")));
    Pool before = pool();
    assertEquals(
        ErrorCode.INVALID_OBJECT_MESSAGE.number(),
        refusal(
            stored.add(
                Parts.operate(
                    "a", 1, set("k", "2"), new Operation.MapSet(COUNTER, "k", text("3"))))));
    assertSame(before, pool());
    assertEquals(ChannelState.Extent.NONE, stored.state().extent(stored.state().end()));
  }

  private static Value text(String text) {
    return new Value.Text(text);
  }

  @Test
  void aBatchMayBuildOnItself() {
    stored.add(
        Parts.operate(
            "a",
            0,
            new Operation.MapCreate(MAP, Map.of(), null),
            refer("m", MAP),
            new Operation.MapSet(MAP, "k", text("v"))));
    assertEquals(2, pool().objects().size());
  }

  @Test
  void whatTakesTooMuchIsRefusedAndWhatMakesItSmallerIsNot() {
    for (int i = 0; size() < 20_000 - 2_100; i++) {
      stored.add(Parts.operate("a", i, set("k" + i, "x".repeat(1_000))));
    }
    Part.Operate big = Parts.operate("b", 0, set("big", "x".repeat(3_000)));
    ErrorInfo early = stored.state().judge(big);
    assertNotNull(early);
    assertEquals(ErrorCode.OBJECT_LIMIT_EXCEEDED.number(), early.code());
    assertEquals(ErrorCode.OBJECT_LIMIT_EXCEEDED.number(), refusal(stored.add(big)));
    stored.restarted(LIMITS.withObjects(100, GRACE));
    Applied smaller =
        stored.add(Parts.operate("c", 0, new Operation.MapRemove("root", "k0"), set("k1", "y")));
    assertInstanceOf(Verdict.Accepted.class, smaller.outcomes().getFirst().verdict());
  }

  private long size() {
    return stored.state().objectsLoaded() ? pool().size() : 0;
  }

  @Test
  void aChangeOfOneKeyWritesOneEntry() {
    for (int i = 0; i < 100; i++) {
      stored.add(Parts.operate("a", i, set("k" + i, "v")));
    }
    stored.checkpoint();
    for (int i = 0; i < 50; i++) {
      stored.add(Parts.operate("b", i, set("k5", "v" + i), inc(1)));
    }
    List<String> written =
        stored.state().checkpoint().records().stream()
            .map(write -> write.kind() + " " + write.key())
            .toList();
    assertEquals(
        List.of("OBJECT " + COUNTER, "OBJECT root", "OBJECT_ENTRY root/k5", "UPKEEP ", "STATE "),
        written);
    stored.checkpoint();
    assertTrue(stored.state().clean());
  }

  @Test
  void whatIsClearedLeavesTheStore() {
    stored.add(Parts.operate("a", 0, set("k", "v"), set("l", "v")));
    stored.checkpoint();
    stored.add(Parts.operate("a", 1, new Operation.MapClear("root"), set("m", "v")));
    stored.checkpoint();
    assertEquals(Set.of("root/m"), stored.records(RecordKind.OBJECT_ENTRY).keySet());
  }

  @Test
  void objectsComeBackFromTheStoreAsTheyWere() {
    stored.add(
        Parts.operate(
            "a", 0, refer("m", MAP), inc(1.5), new Operation.MapSet(MAP, "a/b", text("v"))));
    stored.checkpoint();
    stored.add(Parts.operate("a", 1, new Operation.MapRemove("root", "m")));
    Pool before = pool();
    stored.checkpoint();
    stored.state().dropObjects();
    assertFalse(stored.state().objectsLoaded());
    stored.loadObjects();
    assertEquals(before, pool());
    stored.restarted().loadObjects();
    assertEquals(before, pool());
  }

  @Test
  void objectsThatAreNotWrittenStayInMemory() {
    stored.add(Parts.operate("a", 0, inc(1)));
    stored.state().dropObjects();
    assertEquals(1, counter());
  }

  @Test
  void whatNothingLeadsToIsDeletedAfterTheGraceAndThenForgotten() {
    stored.add(Parts.operate("a", 0, refer("m", MAP), new Operation.MapSet(MAP, "k", text("v"))));
    stored.add(Parts.operate("a", 1, new Operation.MapRemove("root", "m")));
    assertTrue(stored.state().upkeep().sweepFrom() > 0);
    stored.pass(GRACE / 8);
    assertTrue(collect(0).events().isEmpty(), "it is marked");
    assertFalse(head(MAP).deleted());
    stored.pass(GRACE);
    Event.Operated deleted = told(collect(0));
    ObjectMessage message = deleted.messages().getFirst();
    assertEquals(new Operation.ObjectDelete(MAP), message.operation());
    assertEquals(stored.serial(0, 0), message.serial());
    assertEquals("gc:0", message.id());
    assertTrue(head(MAP).deleted());
    assertEquals(
        ErrorCode.OBJECT_DELETED.number(),
        refusal(stored.add(Parts.operate("a", 2, new Operation.MapSet(MAP, "k", text("again"))))));
    stored.pass(GRACE);
    collect(0);
    assertNull(pool().get(MAP));
    assertEquals(0, pool().tombstones());
    assertEquals(0, stored.state().upkeep().sweepFrom());
  }

  private Head head(String id) {
    SharedObject object = pool().get(id);
    assertNotNull(object);
    return object.head();
  }

  @Test
  void settingTheSameKeysForEverLeavesNothingToSweep() {
    for (int i = 0; i < 20; i++) {
      stored.add(Parts.operate("a", i, set("k", "v" + i)));
    }
    assertEquals(0, stored.state().upkeep().sweepFrom());
  }

  @Test
  void objectsThatNobodyChangesExpire() {
    stored.add(
        Parts.operate(
            "a", 0, refer("m", MAP), refer("c", COUNTER), new Operation.MapRemove("root", "x")));
    stored.pass(5_000);
    assertTrue(collect(6_000).events().isEmpty());
    stored.pass(1_000);
    Event.Operated over = told(collect(6_000));
    assertEquals(
        List.of(
            new Operation.MapClear("root"),
            new Operation.ObjectDelete(COUNTER),
            new Operation.ObjectDelete(MAP)),
        over.messages().stream().map(ObjectMessage::operation).toList());
    assertTrue(pool().root().entries().isEmpty());
    stored.pass(6_000);
    collect(6_000);
    assertEquals(1, pool().objects().size());
    assertEquals(new Upkeep(0, 0), stored.state().upkeep());
  }

  @Test
  void aCollectionComesToTheSameWhenFoldedAgain() {
    stored.add(Parts.operate("a", 0, refer("m", MAP)));
    stored.add(Parts.operate("a", 1, new Operation.MapRemove("root", "m")));
    stored.checkpoint();
    collect(0);
    stored.pass(2 * GRACE);
    collect(0);
    Pool before = pool();
    stored.writeRecords();
    stored.restarted().loadObjects();
    assertEquals(before, pool());
  }
}

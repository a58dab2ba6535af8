package io.holdfast.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PoolTest {
  private static final String MAP = "map:abc@1";
  private static final String COUNTER = "counter:abc@1";
  private static final long GRACE = 100;

  private static Stamp at(long time) {
    return new Stamp(String.format(java.util.Locale.ROOT, "%05d", time), "site", time);
  }

  private static Operation set(String map, String key, Value value) {
    return new Operation.MapSet(map, key, value);
  }

  private static Value text(String text) {
    return new Value.Text(text);
  }

  private static Value to(String id) {
    return new Value.Reference(id);
  }

  @Test
  void anUntouchedPoolHasARootAndIsPristine() {
    assertTrue(Pool.EMPTY.isPristine());
    assertTrue(Pool.EMPTY.root().entries().isEmpty());
    assertFalse(Pool.EMPTY.apply(new Operation.MapRemove("root", "a"), at(1)).isPristine());
  }

  @Test
  void anOperationOnAnUnknownIdMakesABlankObjectFirst() {
    Pool pool = Pool.EMPTY.apply(new Operation.CounterInc(COUNTER, 5), at(1));
    CounterObject counter = (CounterObject) pool.get(COUNTER);
    assertNotNull(counter);
    assertEquals(5, counter.value());
    assertFalse(counter.head().created());
  }

  @Test
  void aReferenceToAnUnknownIdMakesABlankObject() {
    Pool pool = Pool.EMPTY.apply(set("root", "m", to(MAP)), at(1));
    assertEquals(SharedObject.blank(MAP, ObjectType.MAP), pool.get(MAP));
  }

  @Test
  void aCreationIsMergedOnceAndBehindWhatWasWrittenBefore() {
    Operation create =
        new Operation.MapCreate(
            MAP,
            Map.of("a", MapEntry.of(text("1"), null), "b", MapEntry.of(text("2"), null)),
            null);
    Pool pool =
        Pool.EMPTY
            .apply(set(MAP, "a", text("earlier")), at(1))
            .apply(create, at(2))
            .apply(new Operation.MapRemove(MAP, "b"), at(3))
            .apply(create, at(4));
    MapObject map = (MapObject) pool.get(MAP);
    assertNotNull(map);
    assertEquals(text("earlier"), map.get("a"));
    assertNull(map.get("b"));
  }

  @Test
  void aClearTakesEntriesAwayAndLeavesNoTombstones() {
    Pool pool =
        Pool.EMPTY
            .apply(set("root", "a", text("1")), at(1))
            .apply(new Operation.MapRemove("root", "b"), at(2))
            .apply(new Operation.MapClear("root"), at(3))
            .apply(set("root", "c", text("3")), at(4));
    assertEquals(1, pool.root().entries().size());
    assertEquals(at(3).serial(), pool.root().clearSerial());
    assertEquals(0, pool.tombstones());
  }

  @Test
  void nothingBringsADeletedObjectBack() {
    Pool pool =
        Pool.EMPTY
            .apply(set(MAP, "a", text("1")), at(1))
            .apply(new Operation.ObjectDelete(MAP), at(2))
            .apply(set(MAP, "a", text("2")), at(3));
    MapObject map = (MapObject) pool.get(MAP);
    assertNotNull(map);
    assertTrue(map.entries().isEmpty());
    assertTrue(map.head().deleted());
    assertEquals(Fault.DELETED, pool.fault(set(MAP, "a", text("3"))));
  }

  @Test
  void theRootIsNeverDeleted() {
    Pool pool = Pool.EMPTY.apply(set("root", "a", text("1")), at(1));
    assertEquals(Fault.ROOT, pool.fault(new Operation.ObjectDelete("root")));
    assertEquals(text("1"), pool.apply(new Operation.ObjectDelete("root"), at(2)).root().get("a"));
  }

  @Test
  void whatCannotBeDoneIsNamed() {
    Pool pool = Pool.EMPTY.apply(new Operation.CounterInc(COUNTER, Double.MAX_VALUE), at(1));
    assertEquals(Fault.BAD_ID, pool.fault(set("somewhere", "a", text("1"))));
    assertEquals(Fault.BAD_ID, pool.fault(set("list:abc@1", "a", text("1"))));
    assertEquals(Fault.BAD_REFERENCE, pool.fault(set("root", "a", to("nothing"))));
    assertEquals(Fault.WRONG_KIND, pool.fault(set(COUNTER, "a", text("1"))));
    assertEquals(Fault.WRONG_KIND, pool.fault(new Operation.CounterInc(MAP, 1)));
    assertEquals(Fault.ROOT, pool.fault(new Operation.MapCreate("root", Map.of(), null)));
    assertEquals(Fault.NOT_FINITE, pool.fault(new Operation.CounterInc(COUNTER, Double.MAX_VALUE)));
    assertEquals(Fault.UNKNOWN, pool.fault(new Operation.Unknown(MAP, 9)));
    assertNull(pool.fault(set("root", "self", to("root"))));
  }

  @Test
  void aChangeSharesWhatItDidNotTouch() {
    Pool pool = Pool.EMPTY.apply(set(MAP, "a", text("1")), at(1));
    for (int i = 0; i < 10_000; i++) {
      pool = pool.apply(set("root", "key" + i, new Value.Numeric(i)), at(i + 2L));
    }
    Pool changed = pool.apply(set("root", "key5", text("x")), at(20_000));
    assertSame(pool.get(MAP), changed.get(MAP));
    int[] changes = {0};
    changed
        .root()
        .entries()
        .changesSince(pool.root().entries(), (key, before, after) -> changes[0]++);
    assertEquals(1, changes[0]);
  }

  @Test
  void whatNothingLeadsToIsDueAfterTheGrace() {
    Pool pool =
        Pool.EMPTY
            .apply(set("root", "m", to(MAP)), at(1))
            .apply(set(MAP, "c", to(COUNTER)), at(2))
            .apply(set(MAP, "up", to("root")), at(3));
    assertEquals(Set.of("root", MAP, COUNTER), pool.reachable());
    assertEquals(new Sweep(pool, List.of(), 0), pool.sweep(1_000, GRACE, 10));
    Pool cut = pool.apply(new Operation.MapRemove("root", "m"), at(1_000));
    Sweep marked = cut.sweep(1_010, GRACE, 10);
    assertEquals(List.of(), marked.due());
    assertEquals(1_100, marked.next(), "then the entry is forgotten");
    assertEquals(List.of(), marked.pool().sweep(1_109, GRACE, 10).due());
    assertEquals(List.of(COUNTER, MAP), marked.pool().sweep(1_110, GRACE, 10).due());
    assertEquals(List.of(COUNTER), marked.pool().sweep(1_110, GRACE, 1).due());
    Pool back = marked.pool().apply(set("root", "n", to(MAP)), at(1_050));
    assertEquals(List.of(), back.sweep(1_200, GRACE, 10).due());
  }

  @Test
  void whatWasUsedAgainMeanwhileHasTheWholeGraceAgain() {
    Pool pool =
        Pool.EMPTY
            .apply(set("root", "m", to(MAP)), at(1))
            .apply(set(MAP, "c", to(COUNTER)), at(2))
            .apply(new Operation.MapRemove("root", "m"), at(3))
            .sweep(10, GRACE, 10)
            .pool()
            .apply(set("root", "n", to(MAP)), at(100))
            .apply(new Operation.MapRemove("root", "n"), at(105));
    Sweep marked = pool.sweep(111, GRACE, 10);
    assertEquals(List.of(), marked.due(), "and so has what it leads to");
    assertEquals(List.of(), marked.pool().sweep(210, GRACE, 10).due());
    assertEquals(List.of(COUNTER, MAP), marked.pool().sweep(211, GRACE, 10).due());
  }

  @Test
  void whatIsGoneIsForgottenAfterTheGrace() {
    Pool pool =
        Pool.EMPTY
            .apply(set("root", "a", text("1")), at(1))
            .apply(new Operation.MapRemove("root", "a"), at(10))
            .apply(new Operation.MapRemove("root", "b"), at(20))
            .apply(new Operation.ObjectDelete(COUNTER), at(10));
    assertEquals(3, pool.tombstones());
    assertEquals(3, pool.sweep(109, GRACE, 10).pool().tombstones());
    Pool swept = pool.sweep(110, GRACE, 10).pool();
    assertEquals(1, swept.tombstones());
    assertNull(swept.get(COUNTER));
    assertTrue(swept.size() < pool.size());
  }

  @Test
  void idsProveWhatTheyWereMadeFrom() {
    Initial initial = new Initial("{\"count\":1}", "a-nonce-of-16-ch");
    ObjectId id = ObjectId.of(ObjectType.COUNTER, initial, 1_700_000_000_000L);
    assertEquals(id, ObjectId.parse(id.toString()));
    assertEquals(43, id.hash().length());
    assertTrue(id.proves(initial));
    assertFalse(id.proves(new Initial("{\"count\":2}", initial.nonce())));
    for (String wrong :
        List.of("", "map:", "map:a@", "map:@1", "map:a@x", "set:a@1", "map:a b@1")) {
      assertNull(ObjectId.parse(wrong), wrong);
    }
  }
}

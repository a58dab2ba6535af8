package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.objects.Initial;
import io.holdfast.objects.ObjectId;
import io.holdfast.objects.ObjectType;
import io.holdfast.objects.Operation;
import io.holdfast.objects.Value;
import io.holdfast.protocol.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectPlanTest {
  private static final int MAX_BYTES = 65_536;

  private final ObjectScene scene = new ObjectScene();
  private int nonces;
  private long now = 1_000;

  private ObjectPlan plan(String json) {
    return ObjectPlan.of(
        ObjectScene.requests(json),
        scene.pool(),
        now,
        () -> "nonce" + ++nonces,
        bytes -> bytes <= MAX_BYTES ? null : ErrorCode.MESSAGE_TOO_LARGE.info());
  }

  private int refusal(String json) {
    return assertThrows(Refusal.class, () -> plan(json)).error().code();
  }

  @Test
  void aPathIsReplacedByWhatIsThere() {
    String votes = scene.map("root", "votes");
    String up = scene.counter(votes, "up", 1);
    ObjectPlan plan =
        plan(
            "[{'path': 'votes.up', 'counterInc': {'number': 2}},"
                + " {'path': '', 'mapSet': {'key': 'k', 'value': {'number': 1}}},"
                + " {'path': 'votes', 'mapRemove': {'key': 'up'}}]");
    assertEquals(
        List.of(
            new Operation.CounterInc(up, 2),
            new Operation.MapSet("root", "k", new Value.Numeric(1)),
            new Operation.MapRemove(votes, "up")),
        plan.operations());
    assertEquals(List.of(up, "root", votes), plan.objectIds());
    assertFalse(plan.mayBeRepeated());
  }

  @Test
  void whereAPathForksOtherKindsArePassedOver() {
    String votes = scene.map("root", "votes");
    String down = scene.counter(votes, "down", 1);
    String inner = scene.map(votes, "inner");
    scene.set(votes, "text", new Value.Text("t"));
    String up = scene.counter(votes, "up", 1);
    assertEquals(
        List.of(down, up), plan("{'path': 'votes.*', 'counterInc': {'number': 1}}").objectIds());
    assertEquals(List.of(inner), plan("{'path': 'votes.*', 'mapClear': {}}").objectIds());
  }

  @Test
  void oneRequestDoesNotDoWithoutEnd() {
    for (int i = 0; i < 1_001; i++) {
      scene.counter("root", "k" + i, 0);
    }
    assertEquals(40034, refusal("{'path': '*', 'counterInc': {'number': 1}}"));
  }

  @Test
  void aLargeValueIsNotMadeForMorePlacesThanAPublishHolds() {
    for (int i = 0; i < 100; i++) {
      scene.map("root", "m" + i);
    }
    String value = "{'data': {'string': '" + "x".repeat(40_000) + "'}}";
    assertEquals(40009, refusal("{'path': '*.n', 'mapCreate': {'entries': {'a': " + value + "}}}"));
    assertEquals(2, nonces, "of a hundred");
  }

  @Test
  void aNewObjectIsMadeAndPutUnderItsKey() {
    String posts = scene.map("root", "posts");
    ObjectPlan plan =
        plan("{'path': 'posts.a\\\\.b', 'mapCreate': {'entries': {'k': {'data': {'number': 1}}}}}");
    Operation.MapCreate create =
        assertInstanceOf(Operation.MapCreate.class, plan.operations().getFirst());
    assertEquals(ObjectScene.entries("k", new Value.Numeric(1)), create.entries());
    ObjectId id = ObjectId.parse(create.objectId());
    Initial initial = create.initial();
    assertTrue(id != null && initial != null && id.proves(initial) && id.time() == now);
    assertEquals(
        new Operation.MapSet(posts, "a.b", new Value.Reference(create.objectId())),
        plan.operations().getLast());
    assertEquals(List.of(create.objectId(), posts), plan.objectIds());
  }

  @Test
  void aNewObjectWithoutAPathIsInNoMap() {
    ObjectPlan plan = plan("{'counterCreate': {'count': 5}}");
    assertEquals(1, plan.operations().size());
    assertTrue(plan.objectIds().getFirst().startsWith("counter:"));
    assertNotEquals(plan.objectIds(), plan("{'counterCreate': {'count': 5}}").objectIds());
  }

  @Test
  void wherePathsForkEachMapGetsANewObjectOfItsOwn() {
    scene.map("root", "a");
    scene.map("root", "b");
    ObjectPlan plan = plan("{'path': '*.n', 'counterCreate': {'count': 1}}");
    assertEquals(4, plan.operations().size());
    assertEquals(4, plan.objectIds().size());
  }

  @Test
  void anOperationSeesWhatThoseBeforeItDo() {
    scene.map("root", "a");
    ObjectPlan plan =
        plan(
            "[{'path': 'a', 'mapCreate': {}}, {'path': 'a.n', 'counterCreate': {}},"
                + " {'path': 'a.n', 'counterInc': {'number': 1}}]");
    String made = plan.objectIds().getFirst();
    assertEquals("n", assertInstanceOf(Operation.MapSet.class, plan.operations().get(3)).key());
    assertEquals(made, plan.operations().get(3).objectId());
    assertEquals(plan.operations().get(2).objectId(), plan.operations().get(4).objectId());
    assertEquals(
        92005,
        refusal(
            "[{'path': '', 'mapRemove': {'key': 'a'}},"
                + " {'path': 'a', 'mapRemove': {'key': 'b'}}]"));
  }

  @Test
  void aRepetitionFindsTheObjectsThatItMade() {
    String request = "{'id': 'once', 'path': 'n', 'counterCreate': {'count': 1}}";
    ObjectPlan first = plan(request);
    assertTrue(first.mayBeRepeated());
    scene.apply(first.operations());
    now += 5_000;
    assertEquals(first.objectIds(), plan(request).objectIds());
    assertNotEquals(first.objectIds(), plan(request.replace("once", "twice")).objectIds());
    assertNotEquals(first.objectIds(), plan(request.replace(": 1", ": 2")).objectIds());
    scene.apply(new Operation.ObjectDelete(first.objectIds().getFirst()));
    assertNotEquals(first.objectIds(), plan(request).objectIds());
  }

  @Test
  void aRepetitionThatWasUnderWayIsAnsweredWithTheNamesOfTheFirst() {
    String request = "{'id': 'once', 'path': 'n', 'counterCreate': {'count': 1}}";
    ObjectPlan first = plan(request);
    now += 5_000;
    ObjectPlan second = plan(request);
    assertNotEquals(first.objectIds(), second.objectIds());
    scene.apply(first.operations());
    assertEquals(first.objectIds(), second.objectIds(scene.pool()));
    assertEquals(first.objectIds(), first.objectIds(scene.pool()));
  }

  @Test
  void anIdOfTheClientsMustBeProven() {
    Initial initial = new Initial("{\"count\":2}", "a nonce");
    String id = ObjectId.of(ObjectType.COUNTER, initial, 5).toString();
    String proof =
        "'counterCreateWithObjectId': {'initialValue': '{\\'count\\':2}', 'nonce': 'a nonce'}";
    assertEquals(
        List.of(new Operation.CounterCreate(id, 2, initial)),
        plan("{'objectId': '" + id + "', " + proof + "}").operations());
    assertEquals(92000, refusal("{'objectId': '" + id.replace("5", "6") + "', " + proof + "}"));
    String map = "map" + id.substring(7);
    assertEquals(92000, refusal("{'objectId': '" + map + "', " + proof + "}"));
    assertEquals(92000, refusal("{'objectId': 'counter', " + proof + "}"));
    assertEquals(92000, refusal("{'objectId': '" + id + "', 'counterCreate': {'count': 2}}"));
    assertEquals(
        List.of(id),
        plan("{'objectId': '" + id + "', 'nonce': 'a nonce', 'counterCreate': {'count':2}}")
            .objectIds());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'counterInc': {'number': 1}}|92006",
        "{'mapSet': {'key': 'k', 'value': {'number': 1}}}|92006",
        "{'objectId': 'root', 'path': '', 'mapClear': {}}|92000",
        "{'path': 'none', 'counterInc': {'number': 1}}|92005",
        "{'path': 'none.*', 'counterInc': {'number': 1}}|92005",
        "{'path': 'none.new', 'mapCreate': {}}|92005",
        "{'path': 'map', 'counterInc': {'number': 1}}|92007",
        "{'path': 'count', 'mapClear': {}}|92007",
        "{'path': 'text', 'mapRemove': {'key': 'k'}}|92007",
        "{'path': 'text.new', 'mapCreate': {}}|92007",
        "{'path': 'count.new', 'mapCreate': {}}|92007",
        "{'path': '', 'mapCreate': {}}|92007",
        "{'path': 'map.*', 'counterCreate': {}}|92007",
        "{'path': '*.x.*', 'counterInc': {'number': 1}}|92005",
      })
  void whatDoesNotFitIsRefused(String body, int code) {
    scene.map("root", "map");
    scene.counter("root", "count", 1);
    scene.set("root", "text", new Value.Text("t"));
    assertEquals(code, refusal(body));
  }
}

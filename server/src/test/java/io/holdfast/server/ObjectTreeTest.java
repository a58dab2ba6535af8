package io.holdfast.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.objects.ObjectId;
import io.holdfast.objects.Operation;
import io.holdfast.objects.Pool;
import io.holdfast.objects.Value;
import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Format;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

class ObjectTreeTest {
  private static final Value ROOT = new Value.Reference(ObjectId.ROOT);

  private static String json(Object tree) {
    return new String(BodyCodec.encodeTree(tree, Format.JSON), UTF_8).replace('"', '\'');
  }

  private static ObjectScene everyValue() {
    ObjectScene scene = new ObjectScene();
    scene.set("root", "bool", new Value.Bool(false));
    scene.set("root", "bytes", new Value.Bytes(new byte[] {1, 2, 3}));
    scene.set("root", "json", new Value.Json("{\"a\":[1]}"));
    scene.set("root", "number", new Value.Numeric(1.5));
    scene.set("root", "text", new Value.Text(""));
    return scene;
  }

  @Test
  void aChannelThatNobodyUsedHasAnEmptyRoot() {
    assertEquals("{}", json(ObjectTree.of(Pool.EMPTY, ROOT, ObjectTree.Form.COMPACT)));
    assertEquals(
        "{'objectId':'root','map':{'semantics':'LWW','entries':{}}}",
        json(ObjectTree.of(Pool.EMPTY, ROOT, ObjectTree.Form.FULL)));
  }

  @Test
  void compactIsTheValuesAlone() {
    ObjectScene scene = everyValue();
    String map = scene.map("root", "map");
    scene.counter(map, "whole", 10);
    scene.counter(map, "broken", -0.5);
    assertEquals(
        "{'bool':false,'bytes':'AQID','json':'{\\'a\\':[1]}','map':{'broken':-0.5,'whole':10},"
            + "'number':1.5,'text':''}",
        json(ObjectTree.of(scene.pool(), ROOT, ObjectTree.Form.COMPACT)));
  }

  @Test
  void bytesStayBytesWhereTheFormatHasThem() {
    Object tree = ObjectTree.of(everyValue().pool(), ROOT, ObjectTree.Form.COMPACT);
    Object read = BodyCodec.decodeTree(Format.MSGPACK, BodyCodec.encodeTree(tree, Format.MSGPACK));
    assertTrue(
        read instanceof Map<?, ?> map
            && map.get("bytes") instanceof byte[] bytes
            && Arrays.equals(new byte[] {1, 2, 3}, bytes));
  }

  @Test
  void fullNamesObjectsAndTypes() {
    ObjectScene scene = everyValue();
    scene.counter("root", "count", 3);
    assertEquals(
        "{'objectId':'root','map':{'semantics':'LWW','entries':{"
            + "'bool':{'data':{'boolean':false}},'bytes':{'data':{'bytes':'AQID'}},"
            + "'count':{'data':{COUNTER}},"
            + "'json':{'data':{'json':'{\\'a\\':[1]}'}},'number':{'data':{'number':1.5}},"
            + "'text':{'data':{'string':''}}}}}",
        json(ObjectTree.of(scene.pool(), ROOT, ObjectTree.Form.FULL))
            .replace("'objectId':'counter:counter1@1','counter':{'data':{'number':3}}", "COUNTER")
            .replace("'counter':{'data':{'number':3}},'objectId':'counter:counter1@1'", "COUNTER"));
  }

  @Test
  void aMapIsShownOnceAndThenByReference() {
    ObjectScene scene = new ObjectScene();
    String map = scene.map("root", "a");
    String counter = scene.counter(map, "n", 1);
    scene.set(map, "self", new Value.Reference(map));
    scene.set(map, "up", ROOT);
    scene.set("root", "b", new Value.Reference(map));
    scene.set("root", "c", new Value.Reference(counter));
    String again = "{'objectId':'" + map + "'}";
    assertEquals(
        "{'a':{'n':1,'self':" + again + ",'up':{'objectId':'root'}},'b':" + again + ",'c':1}",
        json(ObjectTree.of(scene.pool(), ROOT, ObjectTree.Form.COMPACT)));
    assertTrue(
        json(ObjectTree.of(scene.pool(), ROOT, ObjectTree.Form.FULL))
            .contains("'b':{'data':" + again + "}"));
  }

  @Test
  void whatIsGoneOrNeverCameIsNotShown() {
    ObjectScene scene = new ObjectScene();
    String map = scene.map("root", "gone");
    scene.set("root", "kept", new Value.Bool(true));
    scene.set("root", "removed", new Value.Bool(true));
    scene.apply(new Operation.ObjectDelete(map));
    scene.apply(new Operation.MapRemove("root", "removed"));
    assertEquals("{'kept':true}", json(ObjectTree.of(scene.pool(), ROOT, ObjectTree.Form.COMPACT)));
  }

  @Test
  void whatLiesTooDeepIsAReference() {
    ObjectScene scene = new ObjectScene();
    String map = "root";
    for (int i = 0; i < 5_000; i++) {
      map = scene.map(map, "k");
    }
    assertEquals(100, depth(json(ObjectTree.of(scene.pool(), ROOT, ObjectTree.Form.COMPACT))));
    assertEquals(400, depth(json(ObjectTree.of(scene.pool(), ROOT, ObjectTree.Form.FULL))));
  }

  /** How many objects stand in each other. */
  private static int depth(String json) {
    int open = json.lastIndexOf('{');
    int depth = (int) json.substring(0, open).chars().filter(c -> c == '{').count();
    if (!json.startsWith("{'objectId':'map:map100@100'}", open)) {
      throw new AssertionFailedError("no reference at the bottom: " + json.substring(open));
    }
    return depth;
  }
}

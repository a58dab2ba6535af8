package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.objects.Operation;
import io.holdfast.objects.Pool;
import io.holdfast.objects.Stamp;
import io.holdfast.objects.Value;
import io.holdfast.protocol.ErrorCode;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectPathTest {
  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "a, a",
    "a.b, a|b",
    "a\\.b, a.b",
    "a\\.b.c, a.b|c",
    "a..b, a||b",
    "., |",
    "*, <any>",
    "a.*.b, a|<any>|b",
    "\\*, *",
    "a*, a*",
    "**, **",
    "C:\\dir, C:\\dir",
    "a\\, a\\",
    "\\\\.a, \\.a",
  })
  void keysArePartedByDots(String path, String keys) {
    assertEquals(
        keys,
        ObjectPath.of(path).steps().stream()
            .map(step -> step.any() ? "<any>" : step.key())
            .collect(Collectors.joining("|")));
  }

  @Test
  void aPathIsNotEndless() {
    assertEquals(100, ObjectPath.of("a" + ".a".repeat(99)).steps().size());
    assertEquals(
        92007,
        assertThrows(Refusal.class, () -> ObjectPath.of("a" + ".a".repeat(100))).error().code());
  }

  @Test
  void aPathLeadsThroughMaps() {
    ObjectScene scene = new ObjectScene();
    String posts = scene.map("root", "posts");
    String post = scene.map(posts, "post.1");
    String votes = scene.counter(post, "votes", 1);
    scene.set(post, "title", new Value.Text("t"));
    assertEquals(new Value.Reference("root"), one(scene, ""));
    assertEquals(new Value.Reference(votes), one(scene, "posts.post\\.1.votes"));
    assertEquals(new Value.Text("t"), one(scene, "posts.post\\.1.title"));
    assertNull(one(scene, "posts.post.1"));
    assertNull(one(scene, "posts.post\\.1.title.x"));
    assertNull(one(scene, "posts.post\\.1.votes.x"));
    assertNull(one(scene, "posts.*"));
    assertEquals(new Value.Reference(votes), ObjectPath.of("votes").one(scene.pool(), post));
  }

  private static @Nullable Value one(ObjectScene scene, String path) {
    return ObjectPath.of(path).one(scene.pool(), "root");
  }

  @Test
  void aStarIsEveryKeyOfOneMap() {
    ObjectScene scene = new ObjectScene();
    String a = scene.map("root", "a");
    String b = scene.map("root", "b");
    scene.set("root", "c", new Value.Text("c"));
    String up = scene.counter(a, "up", 1);
    String down = scene.counter(a, "down", 1);
    String other = scene.counter(b, "up", 1);
    scene.set(b, "same", new Value.Reference(up));
    assertEquals(
        List.of(new Value.Reference(a), new Value.Reference(b), new Value.Text("c")),
        List.copyOf(ObjectPath.of("*").from(scene.pool(), "root", new ObjectPath.Budget())));
    assertEquals(
        Set.of(new Value.Reference(up), new Value.Reference(down)),
        ObjectPath.of("a.*").from(scene.pool(), "root", new ObjectPath.Budget()));
    assertEquals(
        List.of(new Value.Reference(up), new Value.Reference(other)),
        List.copyOf(ObjectPath.of("*.up").from(scene.pool(), "root", new ObjectPath.Budget())));
    assertEquals(
        3, ObjectPath.of("*.*").from(scene.pool(), "root", new ObjectPath.Budget()).size());
    assertEquals(
        Set.of(), ObjectPath.of("*.*.*").from(scene.pool(), "root", new ObjectPath.Budget()));
  }

  @Test
  void whatIsGoneIsNotFound() {
    ObjectScene scene = new ObjectScene();
    String map = scene.map("root", "a");
    scene.set("root", "b", new Value.Bool(true));
    scene.apply(new Operation.MapRemove("root", "b"));
    scene.apply(new Operation.ObjectDelete(map));
    assertNull(one(scene, "a"));
    assertEquals(Set.of(), ObjectPath.of("*").from(scene.pool(), "root", new ObjectPath.Budget()));
  }

  @Test
  void starsLookOnlySoFar() {
    Pool pool = Pool.EMPTY;
    for (int i = 0; i < 1_000; i++) {
      String serial = "%05d".formatted(i);
      pool =
          pool.apply(
              new Operation.MapSet("root", serial, new Value.Reference("root")),
              new Stamp(serial, "s", i));
    }
    Pool wide = pool;
    ObjectPath.Budget budget = new ObjectPath.Budget();
    ObjectPath stars = ObjectPath.of("*.".repeat(50) + "*");
    for (int i = 0; i < 3; i++) {
      assertEquals(1, stars.from(wide, "root", budget).size());
    }
    Refusal refusal = assertThrows(Refusal.class, () -> stars.from(wide, "root", budget));
    assertEquals(ErrorCode.OBJECT_PATH_UNFIT.number(), refusal.error().code());
  }
}

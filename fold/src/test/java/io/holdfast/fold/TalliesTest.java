package io.holdfast.fold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Format;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TalliesTest {
  private static final int ROOM = 64 * 1024;
  private Tallies tallies = Tallies.NONE;

  private void add(@Nullable String client, String type, @Nullable String name, long count) {
    annotate(AnnotationAction.CREATE, client, type, name, count);
  }

  private void take(@Nullable String client, String type, @Nullable String name) {
    annotate(AnnotationAction.DELETE, client, type, name, 0);
  }

  private void annotate(
      AnnotationAction action,
      @Nullable String client,
      String type,
      @Nullable String name,
      long count) {
    tallies = tallies.with(Parts.annotation(action, client, "m", type, name, count));
  }

  private void summaryIs(String json) {
    assertEquals(tree(json.replace('\'', '"')), tree(tallies.summary(ROOM)));
  }

  private static Object tree(@Nullable String json) {
    assertNotNull(json);
    Object tree = BodyCodec.decodeTree(Format.JSON, json.getBytes(StandardCharsets.UTF_8));
    assertNotNull(tree, json);
    return tree;
  }

  @Test
  void totalCountsEveryAnnotationWhoeverMadeIt() {
    add("alice", "n:total.v1", null, 0);
    add("alice", "n:total.v1", null, 0);
    add(null, "n:total.v1", "name", 7);
    summaryIs("{'n:total.v1':{'total':3}}");
    take("bob", "n:total.v1", null);
    summaryIs("{'n:total.v1':{'total':2}}");
  }

  @Test
  void aTotalNeverFallsBelowNothing() {
    take("bob", "n:total.v1", null);
    summaryIs("{'n:total.v1':{'total':0}}");
  }

  @Test
  void flagCountsClientsOnce() {
    add("bob", "n:flag.v1", null, 0);
    add("alice", "n:flag.v1", "ignored", 0);
    add("alice", "n:flag.v1", null, 0);
    add(null, "n:flag.v1", null, 0);
    summaryIs("{'n:flag.v1':{'total':2,'clientIds':['alice','bob'],'clipped':false}}");
    take("alice", "n:flag.v1", null);
    take("carol", "n:flag.v1", null);
    summaryIs("{'n:flag.v1':{'total':1,'clientIds':['bob'],'clipped':false}}");
  }

  @Test
  void distinctCountsClientsOnceForEachName() {
    add("alice", "n:distinct.v1", "a", 0);
    add("alice", "n:distinct.v1", "b", 0);
    add("alice", "n:distinct.v1", "b", 0);
    add("bob", "n:distinct.v1", "b", 0);
    take("alice", "n:distinct.v1", "a");
    summaryIs("{'n:distinct.v1':{'b':{'total':2,'clientIds':['alice','bob'],'clipped':false}}}");
  }

  @Test
  void uniqueMovesAClientToItsLatestName() {
    add("alice", "n:unique.v1", "a", 0);
    add("bob", "n:unique.v1", "a", 0);
    add("alice", "n:unique.v1", "b", 0);
    summaryIs(
        "{'n:unique.v1':{'a':{'total':1,'clientIds':['bob'],'clipped':false},"
            + "'b':{'total':1,'clientIds':['alice'],'clipped':false}}}");
    take("alice", "n:unique.v1", "a");
    take("bob", "n:unique.v1", null);
    summaryIs("{'n:unique.v1':{'b':{'total':1,'clientIds':['alice'],'clipped':false}}}");
  }

  @Test
  void multipleCountsHowManyEachClientHasMade() {
    add("alice", "n:multiple.v1", "a", 3);
    add("alice", "n:multiple.v1", "a", 0);
    add("bob", "n:multiple.v1", "a", 1);
    add(null, "n:multiple.v1", "a", 2);
    summaryIs(
        "{'n:multiple.v1':{'a':{'total':7,'clientIds':{'alice':4,'bob':1},"
            + "'totalUnidentified':2,'totalClientIds':2,'clipped':false}}}");
    take("alice", "n:multiple.v1", "a");
    summaryIs(
        "{'n:multiple.v1':{'a':{'total':3,'clientIds':{'bob':1},"
            + "'totalUnidentified':2,'totalClientIds':1,'clipped':false}}}");
  }

  @Test
  void namespacesAreCountedApartAndUnknownMethodsNotAtAll() {
    add("alice", "n:flag.v1", null, 0);
    add("alice", "o:flag.v1", null, 0);
    add("alice", "n:flag.v2", null, 0);
    add("alice", "comment", "a", 0);
    summaryIs(
        "{'n:flag.v1':{'total':1,'clientIds':['alice'],'clipped':false},"
            + "'o:flag.v1':{'total':1,'clientIds':['alice'],'clipped':false}}");
  }

  @Test
  void aSummaryOfWhatIsNotSummarisedIsNone() {
    add("alice", "comment", "a", 0);
    assertNull(tallies.summary(ROOM));
  }

  @Test
  void oneClientsShareIsWhatItHasAddedAlone() {
    add("alice", "n:distinct.v1", "a", 0);
    add("bob", "n:distinct.v1", "a", 0);
    add("bob", "n:distinct.v1", "b", 0);
    add("alice", "n:multiple.v1", "c", 3);
    add("alice", "n:total.v1", null, 3);
    assertEquals(
        tree(
            "{'n:distinct.v1':{'a':{'total':1,'clientIds':['alice'],'clipped':false}},"
                    .replace('\'', '"')
                + ("'n:multiple.v1':{'c':{'total':3,'clientIds':{'alice':3},"
                        + "'totalUnidentified':0,'totalClientIds':1,'clipped':false}}}")
                    .replace('\'', '"')),
        tree(tallies.summaryOf("alice")));
  }

  @Test
  void listsThatDoNotFitAreCutAndSaySo() {
    for (int i = 0; i < 5_000; i++) {
      add("client-" + i, "n:flag.v1", null, 0);
    }
    add("alice", "n:distinct.v1", "a", 0);
    String summary = tallies.summary(4_096);
    assertNotNull(summary);
    assertTrue(summary.length() <= 4_096, () -> "length " + summary.length());
    assertTrue(summary.contains("\"total\":5000"));
    assertTrue(summary.contains("\"clipped\":true"));
    assertTrue(summary.contains("\"clientIds\":[\"alice\"],\"clipped\":false"));
  }

  @Test
  void thereIsNoRoomForNamesWithoutEnd() {
    int names = 0;
    while (names < 10_000) {
      Annotation next =
          Parts.annotation(AnnotationAction.CREATE, "a", "m", "n:distinct.v1", "name" + names, 0);
      if (!tallies.fits(next)) {
        break;
      }
      tallies = tallies.with(next);
      names++;
    }
    assertTrue(names > 100 && names < 10_000, "names " + names);
    assertTrue(
        tallies.fits(
            Parts.annotation(AnnotationAction.CREATE, "b", "m", "n:distinct.v1", "name0", 0)));
  }

  @Property(tries = 200)
  void itIsWhatCountingFromTheBeginningGives(@ForAll long seed) {
    tallies = Tallies.NONE;
    Random random = new Random(seed);
    List<Annotation> all =
        java.util.stream.Stream.generate(
                () -> Parts.annotation(random, "c" + random.nextInt(4), "m"))
            .limit(40)
            .toList();
    for (Annotation annotation : all) {
      tallies = tallies.with(annotation);
      assertTrue(tallies.fixed() >= 0);
    }
    assertEquals(model(all), shown(tree(tallies.summary(ROOM))));
    ByteWriter out = new ByteWriter();
    tallies.write(out);
    Tallies read = Tallies.read(new ByteReader(out.toByteArray()));
    assertEquals(tallies, read);
    assertEquals(tallies.fixed(), read.fixed());
    assertEquals(tallies.weight(), read.weight());
    assertFalse(String.valueOf(tallies.summary(ROOM)).length() > tallies.weight());
  }

  /** Counted naively: by type, name and client, how many. */
  private static Map<String, Object> model(List<Annotation> all) {
    Map<String, Object> counts = new TreeMap<>();
    for (Annotation a : all) {
      boolean create = a.action() == AnnotationAction.CREATE;
      String type = String.valueOf(a.type());
      String client = String.valueOf(a.clientId());
      if (type.contains("total")) {
        long before = (long) counts.getOrDefault(type, 0L);
        counts.put(type, Math.max(0, before + (create ? 1 : -1)));
        continue;
      }
      String name = type.contains("flag") ? "" : String.valueOf(a.name());
      if (type.contains("unique") && create) {
        counts.keySet().removeIf(k -> k.startsWith(type + "/") && k.endsWith("/" + client));
      }
      String key = type + "/" + name + "/" + client;
      if (!create) {
        counts.remove(key);
      } else if (type.contains("multiple")) {
        counts.merge(key, Math.max(1, a.count()), (x, y) -> (long) x + (long) y);
      } else {
        counts.put(key, 1L);
      }
    }
    return counts;
  }

  private static Map<String, Object> shown(Object summary) {
    Map<String, Object> counts = new TreeMap<>();
    ((Map<?, ?>) summary)
        .forEach(
            (type, entry) -> {
              Map<?, ?> map = (Map<?, ?>) entry;
              if (type.toString().contains("total")) {
                counts.put(
                    type.toString(), (long) java.util.Objects.requireNonNull(map.get("total")));
              } else if (type.toString().contains("flag")) {
                list(counts, type + "/", map);
              } else {
                map.forEach((name, votes) -> list(counts, type + "/" + name, (Map<?, ?>) votes));
              }
            });
    return counts;
  }

  private static void list(Map<String, Object> counts, String key, Map<?, ?> votes) {
    Object ids = votes.get("clientIds");
    Map<Object, Object> each = new HashMap<>();
    if (ids instanceof List<?> list) {
      assertEquals(new TreeSet<>(list).size(), list.size());
      list.forEach(id -> each.put(id, 1L));
    } else {
      each.putAll((Map<?, ?>) java.util.Objects.requireNonNull(ids));
    }
    long sum = each.values().stream().mapToLong(n -> (long) n).sum();
    assertEquals(sum, votes.get("total"));
    each.forEach((client, count) -> counts.put(key + "/" + client, count));
  }
}

package io.holdfast.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SortedTest {
  private static Map<String, Integer> entries(Sorted<Integer> sorted) {
    Map<String, Integer> entries = new LinkedHashMap<>();
    sorted.forEach(entries::put);
    return entries;
  }

  @Property
  void itIsWhatATreeMapIs(@ForAll List<@IntRange(min = -30, max = 30) Integer> changes) {
    TreeMap<String, Integer> expected = new TreeMap<>();
    Sorted<Integer> sorted = Sorted.empty();
    for (int change : changes) {
      String key = "k" + Math.abs(change);
      Sorted<Integer> before = sorted;
      Map<String, Integer> then = entries(before);
      if (change < 0) {
        expected.remove(key);
        sorted = sorted.remove(key);
      } else {
        expected.put(key, expected.size());
        sorted = sorted.put(key, expected.size() - (before.get(key) == null ? 1 : 0));
        expected.put(key, sorted.get(key) == null ? -1 : sorted.get(key));
      }
      assertEquals(then, entries(before), "an older version stays as it is");
      assertEquals(List.copyOf(expected.entrySet()), List.copyOf(entries(sorted).entrySet()));
      assertEquals(expected.size(), sorted.size());
    }
    Sorted<Integer> again = Sorted.empty();
    for (Map.Entry<String, Integer> entry : expected.descendingMap().entrySet()) {
      again = again.put(entry.getKey(), entry.getValue());
    }
    assertEquals(again, sorted, "the order of changes leaves no trace");
  }

  @Property(tries = 20)
  void aLongRowOfKeysDoesNotMakeADeepTree(@ForAll @IntRange(min = 0, max = 1_000) int seed) {
    Sorted<Integer> sorted = Sorted.empty();
    for (int i = 0; i < 20_000; i++) {
      sorted = sorted.put("client-" + (seed + i), i);
    }
    assertEquals(20_000, sorted.size());
    assertTrue(sorted.depth() < 40, "depth " + sorted.depth());
  }

  @Test
  void keysOfOneHashDoNotMakeADeepTree() {
    Sorted<Integer> sorted = Sorted.empty();
    for (int i = 0; i < 1 << 14; i++) {
      StringBuilder key = new StringBuilder();
      for (int bit = 0; bit < 14; bit++) {
        key.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      assertEquals("Aa".repeat(14).hashCode(), key.toString().hashCode());
      sorted = sorted.put(key.toString(), i);
    }
    assertEquals(1 << 14, sorted.size());
    assertTrue(sorted.depth() < 40, "depth " + sorted.depth());
  }

  @Test
  void whatIsLeftAfterManyAreTakenOutIsNotDeep() {
    Sorted<Integer> sorted = Sorted.empty();
    for (int i = 0; i < 20_000; i++) {
      sorted = sorted.put("client-" + i, i);
    }
    for (int i = 0; i < 20_000; i++) {
      sorted = i % 100 == 0 ? sorted : sorted.remove("client-" + i);
    }
    assertEquals(200, sorted.size());
    assertTrue(sorted.depth() < 20, "depth " + sorted.depth());
  }

  @Property
  void whatIsDifferentIsFound(
      @ForAll List<@IntRange(max = 60) Integer> keys,
      @ForAll List<@IntRange(min = -70, max = 70) Integer> changes) {
    Sorted<Integer> before = Sorted.empty();
    for (int key : keys) {
      before = before.put("k" + key, 1_000 + key);
    }
    Sorted<Integer> after = before;
    for (int change : changes) {
      String key = "k" + Math.abs(change);
      after = change < 0 ? after.remove(key) : after.put(key, 2_000 + change);
    }
    Map<String, Integer> expected = entries(before);
    List<String> order = new ArrayList<>();
    after.changesSince(
        before,
        (key, was, is) -> {
          assertEquals(was, expected.get(key));
          order.add(key);
          if (is == null) {
            expected.remove(key);
          } else {
            expected.put(key, is);
          }
        });
    assertEquals(new TreeMap<>(entries(after)), new TreeMap<>(expected));
    assertEquals(order.stream().sorted().distinct().toList(), order);
  }

  @Test
  void aChangeAmongManyIsFoundWithoutLookingAtAll() {
    Sorted<Looked> sorted = Sorted.empty();
    for (int i = 0; i < 10_000; i++) {
      sorted = sorted.put("k" + i, new Looked(i));
    }
    List<String> found = new ArrayList<>();
    sorted
        .put("k77", new Looked(-1))
        .remove("k5000")
        .changesSince(sorted, (key, a, b) -> found.add(key));
    assertEquals(List.of("k5000", "k77"), found);
  }

  private record Looked(int number) {}

  @Property
  void aWalkGoesOnBehindAnyKey(
      @ForAll List<@IntRange(max = 60) Integer> keys, @ForAll @IntRange(max = 60) int behind) {
    Sorted<Integer> sorted = Sorted.empty();
    TreeMap<String, Integer> expected = new TreeMap<>();
    for (int key : keys) {
      sorted = sorted.put("k" + key, key);
      expected.put("k" + key, key);
    }
    List<String> seen = new ArrayList<>();
    boolean all =
        sorted.forEachAfter(
            "k" + behind,
            (key, value) -> {
              seen.add(key);
              return seen.size() < 3;
            });
    List<String> rest = List.copyOf(expected.tailMap("k" + behind, false).keySet());
    assertEquals(rest.subList(0, Math.min(3, rest.size())), seen);
    assertEquals(rest.size() < 3, all);
  }
}

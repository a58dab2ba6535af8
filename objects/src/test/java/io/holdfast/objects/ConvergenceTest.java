package io.holdfast.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whoever has heard the same has the same, in whatever order and however often. */
class ConvergenceTest {
  private static final int LENGTH = 60;

  @Property(tries = 2_000)
  void theOrderBetweenSitesDoesNotMatter(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int sites) {
    Histories histories = new Histories(seed, sites);
    List<List<Histories.Heard>> logs = histories.logs(LENGTH);
    Pool one = Histories.apply(Pool.EMPTY, histories.interleaved(logs));
    Pool other = Histories.apply(Pool.EMPTY, histories.interleaved(logs));
    assertEquals(one, other);
    assertEquals(one.size(), other.size());
    assertEquals(one.tombstones(), other.tombstones());
  }

  @Property(tries = 1_000)
  void hearingItAllAgainChangesNothing(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int sites) {
    Histories histories = new Histories(seed, sites);
    List<List<Histories.Heard>> logs = histories.logs(LENGTH);
    Pool once = Histories.apply(Pool.EMPTY, histories.interleaved(logs));
    assertEquals(once, Histories.apply(once, histories.interleaved(logs)));
  }

  @Property(tries = 1_000)
  void replicasThatHeardDifferentPartsMeetOnceEachHasHeardTheOthers(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 4) int sites) {
    Histories histories = new Histories(seed, sites);
    List<List<Histories.Heard>> logs = histories.logs(LENGTH);
    // each begins with a part of every log, so that neither is ahead in all
    List<List<Histories.Heard>> begin = new ArrayList<>();
    List<List<Histories.Heard>> middle = new ArrayList<>();
    List<List<Histories.Heard>> rest = new ArrayList<>();
    for (List<Histories.Heard> log : logs) {
      int first = histories.upTo(log.size());
      int second = first + histories.upTo(log.size() - first);
      begin.add(log.subList(0, first));
      middle.add(log.subList(first, second));
      rest.add(log.subList(second, log.size()));
    }
    Pool common = Histories.apply(Pool.EMPTY, histories.interleaved(begin));
    Pool left = Histories.apply(common, histories.interleaved(middle));
    left = Histories.apply(left, histories.interleaved(rest));
    List<List<Histories.Heard>> both = new ArrayList<>();
    for (int site = 0; site < logs.size(); site++) {
      List<Histories.Heard> joined = new ArrayList<>(middle.get(site));
      joined.addAll(rest.get(site));
      both.add(joined);
    }
    Pool right = Histories.apply(common, histories.interleaved(both));
    assertEquals(left, right, "batches may be grouped in any way");
  }

  @Property(tries = 1_000)
  void aSnapshotPlusWhatFollowsIsTheWhole(@ForAll long seed) {
    Histories histories = new Histories(seed, 1);
    List<Histories.Heard> log = histories.logs(LENGTH).getFirst();
    int at = histories.upTo(log.size());
    Pool[] rebuilt = {Pool.EMPTY};
    Histories.apply(Pool.EMPTY, log.subList(0, at))
        .objects()
        .forEach((id, object) -> rebuilt[0] = rebuilt[0].with(object));
    // what came before may be heard again behind it: a reader's buffer begins earlier
    List<Histories.Heard> heard = log.subList(histories.upTo(at), log.size());
    assertEquals(Histories.apply(Pool.EMPTY, log), Histories.apply(rebuilt[0], heard));
  }

  @Property(tries = 2_000)
  void itIsWhatAClientHas(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int sites) {
    Histories histories = new Histories(seed, sites);
    ClientModel client = new ClientModel();
    Pool pool = Pool.EMPTY;
    for (Histories.Heard heard : histories.interleaved(histories.logs(LENGTH))) {
      pool = pool.apply(heard.operation(), heard.stamp());
      client.hear(heard.operation(), heard.stamp());
    }
    for (Map.Entry<String, ClientModel.Live> known : client.objects.entrySet()) {
      SharedObject object = pool.get(known.getKey());
      assertNotNull(object, known.getKey());
      same(known.getValue(), object);
    }
    // the client does not make an object for a reference that has lost already
    pool.objects()
        .forEach(
            (id, object) ->
                assertTrue(client.objects.containsKey(id) || object.head().sites().isEmpty(), id));
  }

  private static void same(ClientModel.Live client, SharedObject object) {
    Map<String, String> sites = new HashMap<>();
    object.head().sites().forEach(sites::put);
    assertEquals(client.sites, sites);
    assertEquals(client.deleted, object.head().deleted());
    switch (object) {
      case CounterObject counter -> assertEquals(client.value, counter.value());
      case MapObject map -> {
        Map<String, ClientModel.Slot> entries = new TreeMap<>();
        map.entries()
            .forEach(
                (key, entry) ->
                    entries.put(key, new ClientModel.Slot(entry.value(), entry.serial())));
        assertEquals(client.entries, entries);
        assertEquals(client.clear, map.clearSerial());
      }
    }
  }

  @Property(tries = 500)
  void sizesAreKeptAsIfCountedAnew(@ForAll long seed) {
    Histories histories = new Histories(seed, 2);
    Pool pool = Pool.EMPTY;
    for (Histories.Heard heard : histories.interleaved(histories.logs(LENGTH))) {
      pool = pool.apply(heard.operation(), heard.stamp());
    }
    pool = pool.sweep(LENGTH + 1, LENGTH / 2, 10).pool();
    long[] size = {0};
    int[] tombstones = {0};
    pool.objects()
        .forEach(
            (id, object) -> {
              SharedObject counted =
                  object instanceof MapObject map
                      ? MapObject.of(map.head(), map.entries(), map.clearSerial())
                      : object;
              assertEquals(counted, object);
              size[0] += counted.size();
              tombstones[0] += counted.head().deleted() ? 1 : 0;
              tombstones[0] += counted instanceof MapObject map ? map.removed() : 0;
            });
    assertEquals(size[0], pool.size());
    assertEquals(tombstones[0], pool.tombstones());
  }
}

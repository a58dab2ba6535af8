package io.holdfast.objects;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** Operations of several sites, made up from a seed, and orders in which they may be heard. */
final class Histories {
  private static final List<String> IDS =
      List.of(
          ObjectId.ROOT,
          "map:abc@1",
          "map:def@2",
          "counter:abc@1",
          "counter:def@2",
          "counter:ghi@3");
  private static final List<String> KEYS = List.of("a", "b", "c", "d");

  private final Random random;
  private final int sites;

  Histories(long seed, int sites) {
    this.random = new Random(seed);
    this.sites = sites;
  }

  /** An operation where it stands in its log. */
  record Heard(Operation operation, Stamp stamp) {}

  /** One log a site, each in its order; the serials of all of them are different. */
  List<List<Heard>> logs(int length) {
    List<List<Heard>> logs = new ArrayList<>();
    for (int site = 0; site < sites; site++) {
      logs.add(new ArrayList<>());
    }
    for (int number = 1; number <= length; number++) {
      int site = random.nextInt(sites);
      String serial = String.format(Locale.ROOT, "%05d-%d", number, site);
      logs.get(site).add(new Heard(operation(), new Stamp(serial, "site" + site, number)));
    }
    return logs;
  }

  private Operation operation() {
    String id = IDS.get(random.nextInt(IDS.size()));
    String key = KEYS.get(random.nextInt(KEYS.size()));
    if (ObjectId.typeOf(id) == ObjectType.COUNTER) {
      return switch (random.nextInt(12)) {
        case 0, 1 -> new Operation.CounterCreate(id, id.length() * 100, null);
        case 2 -> new Operation.ObjectDelete(id);
        default -> new Operation.CounterInc(id, random.nextInt(-50, 50));
      };
    }
    return switch (random.nextInt(16)) {
      case 0, 1 -> new Operation.MapCreate(id, initial(id), null);
      case 2 -> new Operation.ObjectDelete(id);
      case 3 -> new Operation.MapClear(id);
      case 4, 5, 6, 7 -> new Operation.MapRemove(id, key);
      case 8 -> new Operation.CounterInc(id, 1);
      default -> new Operation.MapSet(id, key, value());
    };
  }

  /** A creation is what its id says, whoever hears of it. */
  private static Map<String, MapEntry> initial(String id) {
    Map<String, MapEntry> entries = new LinkedHashMap<>();
    entries.put("a", MapEntry.of(new Value.Text("initial of " + id), null));
    entries.put("c", MapEntry.of(new Value.Reference("counter:ghi@3"), null));
    return entries;
  }

  private Value value() {
    return switch (random.nextInt(4)) {
      case 0 -> new Value.Reference(IDS.get(random.nextInt(IDS.size())));
      case 1 -> new Value.Bool(random.nextBoolean());
      case 2 -> new Value.Numeric(random.nextInt());
      default -> new Value.Text("v" + random.nextInt(100));
    };
  }

  /** All of it, every site's in its order, now and then something heard before. */
  List<Heard> interleaved(List<List<Heard>> logs) {
    List<Heard> all = new ArrayList<>();
    int[] next = new int[logs.size()];
    int left = logs.stream().mapToInt(List::size).sum();
    while (left > 0) {
      int site = random.nextInt(logs.size());
      if (next[site] < logs.get(site).size()) {
        all.add(logs.get(site).get(next[site]++));
        left--;
      }
      if (!all.isEmpty() && random.nextInt(5) == 0) {
        all.add(all.get(random.nextInt(all.size())));
      }
    }
    return all;
  }

  int upTo(int bound) {
    return random.nextInt(bound + 1);
  }

  static Pool apply(Pool pool, List<Heard> heard) {
    Pool now = pool;
    for (Heard one : heard) {
      now = now.apply(one.operation(), one.stamp());
    }
    return now;
  }
}

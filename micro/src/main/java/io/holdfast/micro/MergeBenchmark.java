package io.holdfast.micro;

import io.holdfast.objects.ObjectId;
import io.holdfast.objects.Operation;
import io.holdfast.objects.Pool;
import io.holdfast.objects.Stamp;
import io.holdfast.objects.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Operations of two sites on a map of a thousand keys, in which the later one of each key wins,
 * beside a plain map that compares serials and can be neither shared nor left as it was.
 */
@State(Scope.Thread)
public class MergeBenchmark {
  private static final int KEYS = 1000;

  private final List<Set> sets =
      IntStream.range(0, 2 * KEYS).mapToObj(MergeBenchmark::set).toList();
  private final Pool filled = applied(Pool.EMPTY, sets.subList(0, KEYS));
  private final List<Set> more = sets.subList(KEYS, 2 * KEYS);

  private record Set(Operation.MapSet operation, Stamp stamp) {}

  private record Kept(Value value, String serial) {}

  private static Set set(int number) {
    String key = "key-" + number * 7 % KEYS;
    String serial = String.format(Locale.ROOT, "%016d", number);
    return new Set(
        new Operation.MapSet(ObjectId.ROOT, key, new Value.Text("value of " + number)),
        new Stamp(serial, number % 2 == 0 ? "here" : "there", number));
  }

  private static Pool applied(Pool to, List<Set> sets) {
    Pool pool = to;
    for (Set set : sets) {
      pool = pool.apply(set.operation, set.stamp);
    }
    return pool;
  }

  @Benchmark
  @OperationsPerInvocation(KEYS)
  public Pool merge() {
    return applied(filled, more);
  }

  @Benchmark
  @OperationsPerInvocation(KEYS)
  public Object mergePlain() {
    Map<String, Kept> map = HashMap.newHashMap(KEYS);
    for (Set set : more) {
      Kept kept = new Kept(set.operation.value(), set.stamp.serial());
      var _ =
          map.merge(set.operation.key(), kept, (a, b) -> a.serial.compareTo(b.serial) < 0 ? b : a);
    }
    return map;
  }
}

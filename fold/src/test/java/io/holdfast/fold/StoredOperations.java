package io.holdfast.fold;

import io.holdfast.objects.CounterObject;
import io.holdfast.objects.Head;
import io.holdfast.objects.MapEntry;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.Operation;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Sorted;
import io.holdfast.objects.Value;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Any operation on shared objects, and any object, for properties. */
final class StoredOperations {
  private StoredOperations() {}

  private static Arbitrary<String> text() {
    return StoredForms.text();
  }

  private static Arbitrary<Double> number() {
    return Arbitraries.oneOf(Arbitraries.doubles(), Arbitraries.of(-0.0, 1e300, 0.1));
  }

  static Arbitrary<Value> value() {
    return Arbitraries.oneOf(
        text().map(Value.Reference::new),
        Arbitraries.of(new Value.Bool(true), new Value.Bool(false)),
        Arbitraries.bytes().array(byte[].class).ofMaxSize(6).map(Value.Bytes::new),
        number().map(Value.Numeric::new),
        text().map(Value.Text::new),
        text().map(Value.Json::new));
  }

  static Arbitrary<MapEntry> entry() {
    return Arbitraries.oneOf(
        Combinators.combine(value(), text().injectNull(0.3)).as(MapEntry::of),
        Combinators.combine(text().injectNull(0.3), StoredForms.number()).as(MapEntry::removed));
  }

  private static Arbitrary<Map<String, MapEntry>> entries() {
    return Arbitraries.maps(text(), entry()).ofMaxSize(3);
  }

  static Arbitrary<Operation> operation() {
    return Arbitraries.oneOf(
        Combinators.combine(text(), entries())
            .as((id, entries) -> new Operation.MapCreate(id, entries, null)),
        Combinators.combine(text(), text(), value()).as(Operation.MapSet::new),
        Combinators.combine(text(), text()).as(Operation.MapRemove::new),
        text().map(Operation.MapClear::new),
        Combinators.combine(text(), number())
            .as((id, count) -> new Operation.CounterCreate(id, count, null)),
        Combinators.combine(text(), number()).as(Operation.CounterInc::new),
        text().map(Operation.ObjectDelete::new));
  }

  static Arbitrary<SharedObject> object() {
    Arbitrary<Head> head =
        Combinators.combine(
                text().filter(id -> id.indexOf('/') < 0),
                Arbitraries.maps(text(), text()).ofMaxSize(3),
                Arbitraries.of(true, false),
                Arbitraries.of(true, false),
                StoredForms.number(),
                StoredForms.number())
            .as(
                (id, sites, created, deleted, deletedAt, orphanedAt) -> {
                  Sorted<String> sorted = Sorted.empty();
                  for (Map.Entry<String, String> site : sites.entrySet()) {
                    sorted = sorted.put(site.getKey(), site.getValue());
                  }
                  return new Head(id, sorted, created, deleted, deletedAt, orphanedAt);
                });
    Arbitrary<SharedObject> map =
        Combinators.combine(head, text().injectNull(0.5))
            .as((its, clear) -> MapObject.of(its, Sorted.empty(), clear));
    return Arbitraries.oneOf(map, Combinators.combine(head, number()).as(CounterObject::new));
  }
}

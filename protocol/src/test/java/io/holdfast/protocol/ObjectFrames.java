package io.holdfast.protocol;

import io.holdfast.objects.CounterObject;
import io.holdfast.objects.Head;
import io.holdfast.objects.Initial;
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
import org.jspecify.annotations.Nullable;

/** Any object message, for properties. */
final class ObjectFrames {
  private ObjectFrames() {}

  static Arbitrary<ObjectMessage> operations() {
    return Combinators.combine(
            Frames.text().injectNull(0.4),
            Frames.text().injectNull(0.4),
            Frames.text().injectNull(0.4),
            Frames.extras().injectNull(0.4),
            Arbitraries.longs(),
            operation(),
            Frames.text().injectNull(0.4),
            Frames.text().injectNull(0.4))
        .as(
            (id, client, connection, extras, time, operation, serial, site) ->
                new ObjectMessage(
                    id, client, connection, extras, time, operation, null, serial, time, site));
  }

  static Arbitrary<ObjectMessage> states() {
    return Arbitraries.oneOf(map(), counter()).map(ObjectMessage::of);
  }

  static Arbitrary<Operation> operation() {
    Arbitrary<String> id = Frames.text().filter(text -> !text.isEmpty());
    return Arbitraries.oneOf(
        Combinators.combine(id, entries(), Frames.text().injectNull(0.5))
            .as(
                (object, entries, nonce) ->
                    new Operation.MapCreate(
                        object, entries, initial(InitialValue.ofMap(entries), nonce))),
        Combinators.combine(id, Frames.text(), value()).as(Operation.MapSet::new),
        Combinators.combine(id, Frames.text()).as(Operation.MapRemove::new),
        id.map(Operation.MapClear::new),
        Combinators.combine(id, number(), Frames.text().injectNull(0.5))
            .as(
                (object, count, nonce) ->
                    new Operation.CounterCreate(
                        object, count, initial(InitialValue.ofCounter(count), nonce))),
        Combinators.combine(id, number()).as(Operation.CounterInc::new),
        id.map(Operation.ObjectDelete::new),
        Combinators.combine(id, Arbitraries.integers().between(7, 99)).as(Operation.Unknown::new));
  }

  private static @Nullable Initial initial(String value, @Nullable String nonce) {
    return nonce == null ? null : new Initial(value, nonce);
  }

  static Arbitrary<Value> value() {
    return Arbitraries.oneOf(
        Frames.text().map(Value.Reference::new),
        Arbitraries.of(new Value.Bool(true), new Value.Bool(false)),
        Arbitraries.bytes().array(byte[].class).ofMaxSize(40).map(Value.Bytes::new),
        number().map(Value.Numeric::new),
        Frames.text().map(Value.Text::new),
        Arbitraries.of("{}", "[]", " [ 1 ]", "{\"a\":{\"é\":[null,\"🌊\"]}}").map(Value.Json::new));
  }

  private static Arbitrary<Double> number() {
    return Arbitraries.oneOf(
        Arbitraries.doubles(),
        Arbitraries.longs().map(number -> (double) number),
        Arbitraries.of(0.0, -0.0, 0.1, 1e300, -1e-300, 9_007_199_254_740_992.0));
  }

  private static Arbitrary<Map<String, MapEntry>> entries() {
    Arbitrary<MapEntry> entry =
        Arbitraries.oneOf(
            Combinators.combine(value(), Frames.text().injectNull(0.4)).as(MapEntry::of),
            Combinators.combine(Frames.text().injectNull(0.4), Arbitraries.longs())
                .as(MapEntry::removed));
    return Arbitraries.maps(Frames.text(), entry).ofMaxSize(4);
  }

  private static Arbitrary<Head> head() {
    return Combinators.combine(
            Frames.text().filter(text -> !text.isEmpty()),
            Arbitraries.maps(Frames.text(), Frames.text()).ofMaxSize(3),
            Arbitraries.of(0, 1, 2),
            Arbitraries.longs())
        .as(
            (id, sites, kind, time) -> {
              Sorted<String> sorted = Sorted.empty();
              for (Map.Entry<String, String> site : sites.entrySet()) {
                sorted = sorted.put(site.getKey(), site.getValue());
              }
              return new Head(id, sorted, kind == 1, kind == 2, kind == 2 ? time : 0, 0);
            });
  }

  private static Arbitrary<SharedObject> map() {
    return Combinators.combine(head(), entries(), Frames.text().injectNull(0.6))
        .as(
            (head, entries, clear) -> {
              Sorted<MapEntry> sorted = Sorted.empty();
              for (Map.Entry<String, MapEntry> entry : entries.entrySet()) {
                sorted = sorted.put(entry.getKey(), entry.getValue());
              }
              return head.deleted()
                  ? MapObject.of(head, Sorted.empty(), null)
                  : MapObject.of(head, sorted, clear);
            });
  }

  private static Arbitrary<SharedObject> counter() {
    return Combinators.combine(head(), number())
        .as((head, value) -> new CounterObject(head, head.deleted() ? 0 : value));
  }
}

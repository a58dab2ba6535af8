package io.holdfast.simulator;

import io.holdfast.objects.Initial;
import io.holdfast.objects.MapEntry;
import io.holdfast.objects.ObjectId;
import io.holdfast.objects.ObjectType;
import io.holdfast.objects.Operation.CounterCreate;
import io.holdfast.objects.Operation.CounterInc;
import io.holdfast.objects.Operation.MapClear;
import io.holdfast.objects.Operation.MapCreate;
import io.holdfast.objects.Operation.MapRemove;
import io.holdfast.objects.Operation.MapSet;
import io.holdfast.objects.Value;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.ObjectMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What clients do to shared objects, by the dice: few of them, so that all are in the same ones.
 */
final class ObjectMoves {
  private static final int MOST = 3;

  private final History history;
  private final Dice dice;
  private final Counts counts;
  private final List<String> maps = new ArrayList<>(List.of(ObjectId.ROOT, "map:nobody@1"));
  private final List<String> counters = new ArrayList<>(List.of("counter:nobody@1"));

  /** Creations: an object is used before its own has been sent, and after. */
  private final List<io.holdfast.objects.Operation> creations = new ArrayList<>();

  private int creationsSent;
  private int number;

  ObjectMoves(History history, Dice dice) {
    this.history = history;
    this.dice = dice;
    this.counts = history.counts();
  }

  void step(Client client, ClientChannel channel) {
    if (dice.percent(5)) {
      if (channel.attached() && client.connected()) {
        counts.add(Happening.OBJECTS_ASKED_FOR);
        client.raw(new Frame.ObjectSync(channel.name(), null, List.of()));
      }
      return;
    }
    List<io.holdfast.objects.Operation> changes = new ArrayList<>();
    for (int size = dice.of(1, 1, 1, 2, 3); size > 0; size--) {
      changes.add(change());
    }
    counts.add(Happening.OBJECTS_BATCH, changes.size() > 1 ? 1 : 0);
    if (dice.percent(3)) {
      counts.add(Happening.OBJECTS_MISUSED);
      changes.add(
          dice.below(changes.size() + 1),
          new MapRemove(counters.getFirst(), "no key of a counter"));
    }
    send(client, channel, changes);
  }

  private void send(
      Client client, ClientChannel channel, List<io.holdfast.objects.Operation> changes) {
    String base = dice.percent(50) ? "o" + number++ : null;
    List<ObjectMessage> state = new ArrayList<>();
    for (io.holdfast.objects.Operation change : changes) {
      String id = base == null ? null : base + ":" + state.size();
      state.add(new ObjectMessage(id, null, null, null, 0, change, null, null, 0, null));
    }
    String ids = base == null ? null : TrueObjects.ids(base + ":0");
    counts.add(Happening.OBJECTS_WITH_IDS, base == null ? 0 : 1);
    Operation operation = Operation.objects(channel.name(), client.name(), state, ids);
    history.operations().add(operation);
    client.send(operation);
  }

  private io.holdfast.objects.Operation change() {
    counts.add(Happening.OBJECTS_CHANGED);
    int roll = dice.below(100);
    if (roll < 15) {
      return creation();
    }
    if (roll < 50) {
      return new CounterInc(dice.of(counters), ++number);
    }
    String map = dice.of(maps);
    if (roll < 78) {
      return new MapSet(map, key(), value());
    }
    if (roll < 97) {
      return new MapRemove(map, key());
    }
    counts.add(Happening.MAP_CLEARED);
    return new MapClear(map);
  }

  private String key() {
    return "k" + dice.below(4);
  }

  private Value value() {
    return switch (dice.below(4)) {
      case 0 -> new Value.Reference(dice.of(dice.percent(50) ? maps : counters));
      case 1 -> new Value.Numeric(number++);
      case 2 -> new Value.Bool(dice.percent(50));
      default -> new Value.Text("v" + number++);
    };
  }

  /** One that is named now and maybe made later, one that was named before, or one once more. */
  private io.holdfast.objects.Operation creation() {
    if (creations.size() < 2 * MOST) {
      creations.add(creations.size() % 2 == 0 ? newCounter() : newMap());
      if (dice.percent(40)) {
        counts.add(Happening.OBJECT_NOT_CREATED_YET);
        return new CounterInc(counters.getLast(), ++number);
      }
    }
    counts.add(Happening.OBJECTS_CREATED);
    if (creationsSent < creations.size()) {
      return creations.get(creationsSent++);
    }
    counts.add(Happening.OBJECT_CREATED_TWICE);
    return dice.of(creations);
  }

  private io.holdfast.objects.Operation newCounter() {
    int count = ++number;
    Initial initial = new Initial("{\"count\":" + count + "}", nonce());
    String id = named(ObjectType.COUNTER, initial);
    counters.add(id);
    return new CounterCreate(id, count, initial);
  }

  private io.holdfast.objects.Operation newMap() {
    String key = key();
    String text = "v" + number++;
    String value =
        "{\"semantics\":0,\"entries\":{\"" + key + "\":{\"data\":{\"string\":\"" + text + "\"}}}}";
    Initial initial = new Initial(value, nonce());
    String id = named(ObjectType.MAP, initial);
    maps.add(id);
    Map<String, MapEntry> entries = Map.of(key, MapEntry.of(new Value.Text(text), null));
    return new MapCreate(id, entries, initial);
  }

  private String nonce() {
    return "a nonce of some length, " + number++;
  }

  private String named(ObjectType type, Initial initial) {
    return ObjectId.of(type, initial, history.time().now()).toString();
  }
}

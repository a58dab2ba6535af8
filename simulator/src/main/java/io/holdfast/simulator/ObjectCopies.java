package io.holdfast.simulator;

import io.holdfast.objects.MapEntry;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.Operation;
import io.holdfast.objects.Pool;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Sorted;
import io.holdfast.objects.Stamp;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.ObjectMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A client's copies of a channel's shared objects, as an SDK keeps them: synced after every
 * ATTACHED, and changed by what comes later; what comes during a sync waits for its end. Its own
 * changes it makes when they are acknowledged, or behind a sync that is under way, and passes over
 * when they come (spec RTO20, RTO9a3): here only what came is made, so that a change that was
 * passed over and is in no state that came since is missed.
 */
final class ObjectCopies {
  private final String what;
  private final TrueChannel truth;
  private final Counts counts;
  private final Map<String, SharedObject> coming = new TreeMap<>();
  private final List<ObjectMessage> waiting = new ArrayList<>();

  /** Made when they were acknowledged, and still to come. */
  private final Set<String> ahead = new HashSet<>();

  /** Acknowledged during a sync. */
  private final Map<String, Operation> late = new TreeMap<>();

  private Pool pool = Pool.EMPTY;
  private boolean syncing;
  private @Nullable String sequence;

  ObjectCopies(String what, TrueChannel truth, Counts counts) {
    this.what = what;
    this.truth = truth;
    this.counts = counts;
  }

  /** Whether objects are to come. */
  boolean syncing() {
    return syncing;
  }

  void forget() {
    attached(false);
    late.clear();
  }

  /** Begins anew; without objects to come there are none. */
  void attached(boolean some) {
    syncing = some;
    sequence = null;
    coming.clear();
    waiting.clear();
    pool = some ? pool : Pool.EMPTY;
  }

  /** The client's own changes are acknowledged. */
  void acked(List<ObjectMessage> changes, List<@Nullable String> serials) {
    for (int i = 0; i < changes.size(); i++) {
      Operation operation = changes.get(i).operation();
      String serial = serials.get(i);
      if (operation != null && serial != null) {
        if (syncing) {
          late.put(serial, operation);
        } else {
          makeAhead(operation, serial);
        }
      }
    }
  }

  private void makeAhead(Operation operation, String serial) {
    if (isNews(operation, serial)) {
      counts.add(Happening.OBJECT_CHANGE_MADE_WHEN_ACKED);
      ahead.add(serial);
    }
  }

  private boolean isNews(Operation operation, String serial) {
    SharedObject object = pool.get(operation.objectId());
    String known = object == null ? null : object.head().sites().get(truth.site());
    return known == null || known.compareTo(serial) < 0;
  }

  void changed(Frame.Objects frame) {
    if (syncing) {
      counts.add(Happening.OBJECT_CHANGE_IN_A_SYNC);
      waiting.addAll(frame.state());
    } else {
      for (ObjectMessage message : frame.state()) {
        ahead.remove(message.serial());
        apply(message);
      }
    }
  }

  private void apply(ObjectMessage message) {
    Operation operation = message.operation();
    String serial = message.serial();
    if (operation == null || serial == null || !truth.site().equals(message.siteCode())) {
      throw new Broken(ObjectsTrue.CONVERGE, what + " is told of nothing anywhere: " + message);
    }
    if (!isNews(operation, serial)) {
      counts.add(Happening.OBJECT_CHANGE_HEARD_BEFORE);
    }
    pool = pool.apply(operation, new Stamp(serial, truth.site(), message.serialTimestamp()));
  }

  /** A page; what waited is applied behind the last. */
  void sync(Frame.ObjectSync frame) {
    String serial = String.valueOf(frame.channelSerial());
    int colon = serial.indexOf(':');
    String named = serial.substring(0, colon);
    if (!named.equals(sequence)) {
      coming.clear();
      sequence = named;
      syncing = true;
    }
    for (ObjectMessage message : frame.state()) {
      SharedObject object = message.object();
      if (object == null) {
        throw new Broken(ObjectsTrue.LOGGED, what + " is synced with " + message);
      }
      coming.merge(object.id(), object, this::joined);
    }
    if (serial.length() == colon + 1) {
      synced(named);
    }
  }

  private void synced(String named) {
    counts.add(Happening.OBJECT_SYNC);
    pool = Pool.EMPTY;
    coming.values().forEach(object -> pool = pool.with(object));
    coming.clear();
    sequence = null;
    syncing = false;
    ObjectsTrue.asLogged(truth.objects().at(named), pool, "a sync at " + named + " of " + what);
    for (ObjectMessage message : waiting) {
      if (ahead.contains(String.valueOf(message.serial()))) {
        counts.add(Happening.OBJECT_CHANGE_PASSED_OVER);
      } else {
        apply(message);
      }
    }
    waiting.clear();
    ahead.clear();
    late.forEach((serial, operation) -> makeAhead(operation, serial));
    late.clear();
  }

  /** A map that is told in parts, each key in one of them. */
  private SharedObject joined(SharedObject one, SharedObject other) {
    if (!(one instanceof MapObject first) || !(other instanceof MapObject second)) {
      throw new Broken(ObjectsTrue.LOGGED, what + " is synced with two of " + one.id());
    }
    List<Sorted<MapEntry>> all = new ArrayList<>(List.of(first.entries()));
    second.entries().forEach((key, entry) -> all.add(all.getLast().put(key, entry)));
    return MapObject.of(first.head(), all.getLast(), first.clearSerial());
  }

  /** Everything has come. */
  void atRest() {
    counts.add(Happening.OBJECTS_COMPARED);
    ObjectsTrue.converged(truth.objects().now(), pool, what);
  }
}

package io.holdfast.channels;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shared objects as a client's SDK keeps them: synced after every ATTACHED, changed by operations.
 */
final class Replica {
  Pool pool = Pool.EMPTY;
  int syncs;
  private final Map<String, SharedObject> coming = new HashMap<>();
  private final List<ObjectMessage> buffered = new ArrayList<>();
  private boolean synced;
  private @Nullable String sequence;

  void hear(Frame frame) {
    switch (frame) {
      case Frame.Attached attached -> {
        synced = false;
        sequence = null;
        buffered.clear();
        coming.clear();
      }
      case Frame.Objects objects -> {
        if (synced) {
          objects.state().forEach(this::apply);
        } else {
          buffered.addAll(objects.state());
        }
      }
      case Frame.ObjectSync sync -> sync(sync);
      default -> {}
    }
  }

  boolean synced() {
    return synced;
  }

  private void sync(Frame.ObjectSync frame) {
    String serial = String.valueOf(frame.channelSerial());
    String named = serial.substring(0, serial.indexOf(':'));
    if (!named.equals(sequence)) {
      coming.clear();
      sequence = named;
      synced = false;
    }
    for (ObjectMessage message : frame.state()) {
      SharedObject object = message.object();
      if (object != null) {
        coming.merge(object.id(), object, Replica::joined);
      }
    }
    if (serial.endsWith(":")) {
      Pool whole = Pool.EMPTY;
      for (SharedObject object : coming.values()) {
        whole = whole.with(object);
      }
      pool = whole;
      synced = true;
      syncs++;
      sequence = null;
      buffered.forEach(this::apply);
      buffered.clear();
    }
  }

  private static SharedObject joined(SharedObject one, SharedObject other) {
    if (one instanceof MapObject first && other instanceof MapObject second) {
      Sorted<MapEntry>[] all = entries(first);
      second
          .entries()
          .forEach(
              (key, entry) -> {
                if (all[0].get(key) != null) {
                  throw new AssertionError("key " + key + " comes twice");
                }
                all[0] = all[0].put(key, entry);
              });
      return MapObject.of(first.head(), all[0], first.clearSerial());
    }
    throw new AssertionError("a counter in two parts");
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Sorted<MapEntry>[] entries(MapObject map) {
    return new Sorted[] {map.entries()};
  }

  private void apply(ObjectMessage message) {
    Operation operation = message.operation();
    String serial = message.serial();
    String site = message.siteCode();
    if (operation == null || serial == null || site == null) {
      throw new AssertionError("an operation without its place: " + message);
    }
    pool = pool.apply(operation, new Stamp(serial, site, message.serialTimestamp()));
  }
}

package io.holdfast.protocol;

import io.holdfast.objects.CounterObject;
import io.holdfast.objects.Head;
import io.holdfast.objects.Initial;
import io.holdfast.objects.MapEntry;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.ObjectId;
import io.holdfast.objects.ObjectType;
import io.holdfast.objects.Operation;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Sorted;
import io.holdfast.objects.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Those of {@link GoldenFrames} that are about shared objects. */
final class GoldenObjects {
  private static final long TIME = 1_700_000_000_123L;
  private static final byte[] BYTES = {0, 1, (byte) 0xfe, (byte) 0xff};
  private static final String MAP = "map:YWJj@1700000000000";
  private static final String COUNTER = "counter:YWJj@1700000000000";
  private static final Sorted<String> SITES = Sorted.<String>empty().put("site", "01-02:0");

  private GoldenObjects() {}

  static Map<String, Frame> all() {
    Map<String, Frame> all = new LinkedHashMap<>();
    sent(all);
    told(all);
    synced(all);
    return all;
  }

  private static void sent(Map<String, Frame> all) {
    all.put(
        "objects-sent",
        new Frame.Objects(
            "room",
            List.of(
                ObjectMessage.of(new Operation.MapSet("root", "who", new Value.Text("ána"))),
                ObjectMessage.of(new Operation.MapRemove("root", "then")),
                ObjectMessage.of(new Operation.MapClear("root")),
                ObjectMessage.of(new Operation.CounterInc(COUNTER, -1.5))),
            0,
            null,
            null,
            null,
            0));
    Map<String, MapEntry> entries = new LinkedHashMap<>();
    entries.put("on", MapEntry.of(new Value.Bool(true), null));
    entries.put("raw", MapEntry.of(new Value.Bytes(BYTES), null));
    Initial map = new Initial(InitialValue.ofMap(entries), "nonce-of-16-char");
    Initial counter = new Initial(InitialValue.ofCounter(10), "nonce-of-16-char");
    all.put(
        "objects-created",
        new Frame.Objects(
            "room",
            List.of(
                ObjectMessage.of(
                    new Operation.MapCreate(
                        ObjectId.of(ObjectType.MAP, map, TIME).toString(), entries, map)),
                ObjectMessage.of(
                    new Operation.CounterCreate(
                        ObjectId.of(ObjectType.COUNTER, counter, TIME).toString(), 10, counter))),
            7,
            null,
            null,
            null,
            0));
  }

  private static void told(Map<String, Frame> all) {
    Map<String, MapEntry> entries = new LinkedHashMap<>();
    entries.put("to", MapEntry.of(new Value.Reference(COUNTER), null));
    entries.put("number", MapEntry.of(new Value.Numeric(1e21), null));
    entries.put("json", MapEntry.of(new Value.Json("{\"a\":[1]}"), null));
    all.put(
        "objects",
        new Frame.Objects(
            "room",
            List.of(
                operation(new Operation.MapCreate(MAP, entries, null), 0),
                operation(new Operation.CounterCreate(COUNTER, 0, null), 1),
                operation(new Operation.MapSet(MAP, "", new Value.Bytes(BYTES)), 2),
                operation(new Operation.ObjectDelete(COUNTER), 3),
                operation(new Operation.Unknown(MAP, 99), 4)),
            -1,
            "c1:0",
            "c1",
            "01-02",
            TIME));
  }

  private static ObjectMessage operation(Operation operation, int index) {
    return new ObjectMessage(
        "c1:0:" + index,
        "alice",
        "c1",
        Extras.of("{\"headers\":{}}"),
        TIME,
        operation,
        null,
        "01-02:" + index,
        TIME,
        "site");
  }

  private static void synced(Map<String, Frame> all) {
    Sorted<MapEntry> entries =
        Sorted.<MapEntry>empty()
            .put("gone", MapEntry.removed("01-01:0", TIME))
            .put("initial", MapEntry.of(new Value.Bool(false), null))
            .put("set", MapEntry.of(new Value.Numeric(-0.5), "01-02:0"));
    SharedObject map = MapObject.of(new Head(MAP, SITES, true, false, 0, 0), entries, "01-00:0");
    SharedObject blank = SharedObject.blank("root", ObjectType.MAP);
    SharedObject counter =
        new CounterObject(new Head(COUNTER, SITES, true, false, 0, 0), 9_007_199_254_740_991.0);
    SharedObject deleted = new CounterObject(new Head(COUNTER, SITES, false, true, TIME, 0), 0);
    all.put(
        "object-sync-page",
        new Frame.ObjectSync(
            "room",
            "s1:map:next",
            List.of(ObjectMessage.of(map), ObjectMessage.of(counter), ObjectMessage.of(deleted))));
    all.put(
        "object-sync-last", new Frame.ObjectSync("room", "s1:", List.of(ObjectMessage.of(blank))));
    all.put("object-sync-wanted", new Frame.ObjectSync("room", null, List.of()));
  }
}

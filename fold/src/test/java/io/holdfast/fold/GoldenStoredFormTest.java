package io.holdfast.fold;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.objects.CounterObject;
import io.holdfast.objects.Head;
import io.holdfast.objects.MapEntry;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.Operation;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Sorted;
import io.holdfast.objects.Value;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Extras;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import io.holdfast.protocol.Version;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.ThrowingConsumer;

/** Bytes that data directories hold: every later version must read them. Never change a file. */
class GoldenStoredFormTest {
  private static final Origin REST = new Origin(null, -1, "given-id");
  private static final Origin FRAME = new Origin(new Publisher("conn", 2), 300, null);
  private static final Extras EXTRAS =
      Extras.of("{\"ai\":{\"transport\":{\"status\":\"complete\"}}}");
  private static final Part.Change CHANGE =
      new Part.Change("name", Data.text("new £"), "json", EXTRAS);
  private static final Part.Author AUTHOR = new Part.Author("client", "conn", "conn:300");
  private static final Version VERSION = new Version(null, 0, "client", "why", "{\"a\":\"b\"}");
  private static final Version VERSIONED =
      new Version("0lps9x1c0-0000000000c-001:000", 1_700_000_000_789L, "c", null, null);
  private static final Owner OWNER = new Owner("boot-1", 77);
  private static final String SERIAL = "0lps9x1c0-00000000007-000:001";

  private static Map<String, Part> parts() {
    Map<String, Part> parts = new LinkedHashMap<>();
    Message text =
        new Message(
            MessageAction.CREATE,
            "id:0",
            "name",
            Data.text("héllo"),
            "json",
            "client",
            "conn",
            null,
            0,
            EXTRAS,
            null,
            null);
    Message bare =
        new Message(
            MessageAction.CREATE, null, null, null, null, null, null, null, 0, null, null, null);
    Message bytes =
        new Message(
            MessageAction.CREATE,
            "id:2",
            null,
            Data.binary(new byte[] {0, 1, -1}),
            null,
            null,
            null,
            null,
            0,
            null,
            null,
            null);
    parts.put("publish", new Part.Publish(FRAME, List.of(text, bare, bytes)));
    parts.put("publish-rest", new Part.Publish(REST, List.of(text)));
    parts.put(
        "update",
        new Part.Mutate(FRAME, MessageAction.UPDATE, SERIAL, CHANGE, AUTHOR, VERSION, true));
    parts.put(
        "delete",
        new Part.Mutate(
            Origin.NONE,
            MessageAction.DELETE,
            SERIAL,
            new Part.Change(null, null, null, null),
            new Part.Author(null, null, "x"),
            new Version(null, 0, null, null, null),
            false));
    parts.put(
        "append",
        new Part.Append(
            SERIAL,
            CHANGE,
            AUTHOR,
            VERSION,
            false,
            List.of(
                new Part.Piece(FRAME, Data.text(" and")),
                new Part.Piece(REST, null),
                new Part.Piece(FRAME, Data.binary(new byte[] {5})))));
    parts.put("presence", new Part.Presence(FRAME, OWNER, List.of(enter(), leave())));
    parts.put("annotate", new Part.Annotate(FRAME, SERIAL, List.of(annotation(), taken())));
    parts.put("operate", new Part.Operate(FRAME, AUTHOR, acts()));
    parts.put("collect", new Part.Collect("collected-boot:1", 90L * 24 * 60 * 60_000));
    parts.put("expire", new Part.Expire(1_700_000_000_123L));
    parts.put("own", new Part.Own("conn", OWNER));
    parts.put("depart", new Part.Depart("conn:client", SERIAL, "departed-boot:1:0"));
    return parts;
  }

  private static List<Part.Act> acts() {
    Map<String, MapEntry> entries = new LinkedHashMap<>();
    entries.put("to", MapEntry.of(new Value.Reference("counter:a@1"), null));
    entries.put("raw", MapEntry.of(new Value.Bytes(new byte[] {0, -1}), null));
    entries.put("json", MapEntry.of(new Value.Json("[1]"), null));
    List<Part.Act> acts = new ArrayList<>();
    acts.add(new Part.Act(new Operation.MapCreate("map:a@1", entries, null), "given:0", EXTRAS));
    for (Operation operation :
        List.of(
            new Operation.MapSet("root", "k\u00a3", new Value.Text("h\u00e9")),
            new Operation.MapSet("root", "on", new Value.Bool(true)),
            new Operation.MapRemove("root", ""),
            new Operation.MapClear("map:a@1"),
            new Operation.CounterCreate("counter:a@1", 10, null),
            new Operation.CounterInc("counter:a@1", -1.5),
            new Operation.ObjectDelete("map:b@1"))) {
      acts.add(new Part.Act(operation, null, null));
    }
    return acts;
  }

  private static SharedObject map() {
    Sorted<String> sites = Sorted.<String>empty().put("site", SERIAL);
    Head head = new Head("map:a@1", sites, true, false, 0, 1_700_000_000_123L);
    return MapObject.of(head, Sorted.empty(), SERIAL);
  }

  private static SharedObject counter() {
    Head head = new Head("counter:a@1", Sorted.empty(), false, true, 1_700_000_000_123L, 0);
    return new CounterObject(head, -0.5);
  }

  private static Annotation annotation() {
    return new Annotation(
        AnnotationAction.CREATE,
        "conn:300:0",
        "client",
        "conn",
        "\u00a3",
        3,
        Data.text("{}"),
        "json",
        1_700_000_000_123L,
        "0lps9x1c0-0000000000a-001:000",
        SERIAL,
        "n:multiple.v1",
        EXTRAS);
  }

  private static Annotation taken() {
    return new Annotation(
        AnnotationAction.DELETE,
        null,
        "client",
        null,
        null,
        0,
        null,
        null,
        0,
        null,
        SERIAL,
        "n:unique.v1",
        null);
  }

  private static StoredMessage annotated() {
    List<Annotation> annotations = new ArrayList<>();
    for (String method : List.of("total", "flag", "distinct", "unique", "multiple")) {
      for (String client : List.of("a", "b")) {
        String type = "n:" + method + ".v1";
        annotations.add(
            Parts.annotation(AnnotationAction.CREATE, client, SERIAL, type, "x" + client, 2));
      }
    }
    annotations.add(
        Parts.annotation(AnnotationAction.CREATE, null, SERIAL, "n:multiple.v1", "xa", 5));
    return message().annotated(annotations, 11);
  }

  /** As {@link #message} stands once it was appended to, which the first form did not say. */
  private static StoredMessage appended(StoredMessage before) {
    Part.Append part = Parts.append("conn", 12, SERIAL, "");
    return Messages.appended(before, part, null, VERSIONED, 12);
  }

  private static PresenceMessage enter() {
    return new PresenceMessage(
        PresenceAction.ENTER,
        "conn:300:0",
        "client",
        "conn",
        Data.text("here"),
        "utf-8",
        EXTRAS,
        1_700_000_000_123L);
  }

  private static PresenceMessage leave() {
    return new PresenceMessage(PresenceAction.LEAVE, null, "other", "conn", null, null, null, 0);
  }

  private static StoredMessage message() {
    return new StoredMessage(
        new Message(
            MessageAction.UPDATE,
            "id:0",
            "name",
            Data.text("héllo"),
            "json",
            "client",
            "conn",
            null,
            1_700_000_000_123L,
            EXTRAS,
            SERIAL,
            new Version("0lps9x1c0-00000000009-001:000", 1_700_000_000_456L, "c", "why", "{}")),
        "conn:300",
        "conn",
        9,
        3,
        6);
  }

  private static ChannelState state() {
    return state(FRAME);
  }

  /** A state with a bit of everything that members and manifests hold. */
  private static ChannelState state(Origin entering) {
    ChannelState state = new ChannelState(Stored.GENERATION, FoldLimits.DEFAULT);
    state.apply(4, 1_000, new Entry(List.of(new Part.Presence(entering, OWNER, List.of(enter())))));
    state.apply(
        7, 1_001, new Entry(List.of(Parts.publish("a", 0, "x"), Parts.publish("a", 0, "again"))));
    Origin keyed = new Origin(new Publisher("b", 1), 4, "key");
    state.apply(9, 1_002, new Entry(List.of(Parts.publish("b", keyed, "y", "z"))));
    return state;
  }

  /** Of a first life: in the form of old, those of later ones had the same ids. */
  private static ChannelState firstLife() {
    return state(new Origin(new Publisher("conn", 0), FRAME.msgSerial(), null));
  }

  private static byte[] record(RecordKind kind) {
    return Objects.requireNonNull(
        firstLife().checkpoint().records().stream()
            .filter(w -> w.kind() == kind)
            .findFirst()
            .orElseThrow()
            .bytes());
  }

  private static DynamicTest golden(String name, byte[] written, ThrowingConsumer<byte[]> read) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          byte[] stored = fixture(name);
          read.accept(stored);
          assertEquals(HexFormat.of().formatHex(stored), HexFormat.of().formatHex(written));
        });
  }

  private static byte[] fixture(String name) throws IOException {
    String file = "/" + (name.contains("/") ? name : "stored-1/" + name) + ".hex";
    try (InputStream in =
        Objects.requireNonNull(GoldenStoredFormTest.class.getResourceAsStream(file), file)) {
      String hex = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }
  }

  @TestFactory
  List<DynamicTest> everyKindOfPartIsReadAndWrittenAsEver() {
    return parts().entrySet().stream()
        .map(
            example -> {
              Entry entry = new Entry(List.of(example.getValue()));
              return golden(
                  "entry-" + example.getKey(),
                  EntryCodec.encode(entry),
                  stored -> assertEquals(entry, EntryCodec.decode(stored)));
            })
        .toList();
  }

  @TestFactory
  List<DynamicTest> entriesCarryWhatTheyWereJudgedBy() {
    FoldLimits limits = new FoldLimits(70_000, 200, 9);
    Entry early = new Entry(List.of(Parts.publish("a", 7, "x")), limits.ofEarlyForms());
    Entry entry = new Entry(List.of(Parts.publish("a", 7, "x")), limits);
    Entry objects = new Entry(entry.parts(), limits.withObjects(1_000_000, 86_400_000));
    return List.of(
        golden(
            "stored-2/entry-publish",
            EntryCodec.encode(early),
            stored -> assertEquals(early, EntryCodec.decode(stored))),
        DynamicTest.dynamicTest(
            "stored-3/entry-publish",
            () -> assertEquals(entry, EntryCodec.decode(fixture("stored-3/entry-publish")))),
        golden(
            "stored-4/entry-publish",
            EntryCodec.encode(objects),
            stored -> assertEquals(objects, EntryCodec.decode(stored))));
  }

  @TestFactory
  List<DynamicTest> everyKindOfRecordIsReadAndWrittenAsEver() {
    return List.of(
        golden(
            "message",
            message().encode(),
            stored -> assertEquals(message(), StoredMessage.decode(stored))),
        golden(
            "message-annotated",
            annotated().encode(),
            stored -> assertEquals(annotated(), StoredMessage.decode(stored))),
        golden(
            "stored-4/message-appended",
            appended(message()).encode(),
            stored -> assertEquals(appended(message()), StoredMessage.decode(stored))),
        golden(
            "stored-4/message-appended-annotated",
            appended(annotated()).encode(),
            stored -> assertEquals(appended(annotated()), StoredMessage.decode(stored))),
        golden(
            "annotation",
            AnnotationRecord.encode(annotation()),
            stored -> assertEquals(annotation(), AnnotationRecord.decode(stored))),
        golden(
            "object-map",
            ObjectRecord.encode(map()),
            stored -> assertEquals(map(), ObjectRecord.decode(stored))),
        golden(
            "object-counter",
            ObjectRecord.encode(counter()),
            stored -> assertEquals(counter(), ObjectRecord.decode(stored))),
        golden(
            "object-entry",
            ObjectRecord.encode(MapEntry.of(new Value.Numeric(0.1), SERIAL)),
            stored ->
                assertEquals(
                    MapEntry.of(new Value.Numeric(0.1), SERIAL), ObjectRecord.decodeEntry(stored))),
        golden(
            "object-entry-removed",
            ObjectRecord.encode(MapEntry.removed(SERIAL, 1_700_000_000_123L)),
            stored ->
                assertEquals(
                    MapEntry.removed(SERIAL, 1_700_000_000_123L),
                    ObjectRecord.decodeEntry(stored))),
        golden(
            "upkeep",
            new Upkeep(1_700_000_000_123L, 7).encode(),
            stored -> assertEquals(new Upkeep(1_700_000_000_123L, 7), Upkeep.decode(stored))),
        golden(
            "presence-event",
            PresenceRecord.encode(enter()),
            stored -> assertEquals(enter(), PresenceRecord.decode(stored))),
        golden(
            "members",
            record(RecordKind.MEMBERS),
            stored -> {
              ChannelState read = new ChannelState(Stored.GENERATION, FoldLimits.DEFAULT);
              read.restore(ChannelManifest.EMPTY, stored, null);
              assertEquals(List.copyOf(firstLife().members()), List.copyOf(read.members()));
            }),
        golden(
            "manifest",
            state().manifest(3, Stored.NOTHING).encode(),
            GoldenStoredFormTest::manifest));
  }

  private static void manifest(byte[] stored) {
    ChannelManifest manifest = ChannelManifest.decode(stored);
    assertEquals(3, manifest.trimmed());
    assertEquals(9, manifest.through());
    ChannelState read = new ChannelState(Stored.GENERATION, FoldLimits.DEFAULT);
    read.restore(manifest, null, null);
    assertEquals(state().end(), read.end());
    assertEquals(1_002, read.lastTime());
    Origin keyed = new Origin(new Publisher("somebody", 0), 0, "key");
    assertEquals(state().knownBefore(keyed), read.knownBefore(keyed));
    assertEquals(state().knownBefore(Parts.origin("a", 0)), read.knownBefore(Parts.origin("a", 0)));
    assertEquals(ChannelState.Extent.NONE, read.extent(new Cursor(Stored.GENERATION, 7, 1)));
  }

  /** Makes the fixtures of a new form; those of an old one stay as they are. */
  static Map<String, byte[]> forms() {
    Map<String, byte[]> forms = new LinkedHashMap<>();
    parts()
        .forEach(
            (name, part) ->
                forms.put("entry-" + name, EntryCodec.encode(new Entry(List.of(part)))));
    forms.put("message", message().encode());
    forms.put("message-annotated", annotated().encode());
    forms.put("object-map", ObjectRecord.encode(map()));
    forms.put("object-counter", ObjectRecord.encode(counter()));
    forms.put("object-entry", ObjectRecord.encode(MapEntry.of(new Value.Numeric(0.1), SERIAL)));
    forms.put(
        "object-entry-removed", ObjectRecord.encode(MapEntry.removed(SERIAL, 1_700_000_000_123L)));
    forms.put("upkeep", new Upkeep(1_700_000_000_123L, 7).encode());
    forms.put("message-appended", appended(message()).encode());
    forms.put("message-appended-annotated", appended(annotated()).encode());
    forms.put("annotation", AnnotationRecord.encode(annotation()));
    forms.put("presence-event", PresenceRecord.encode(enter()));
    forms.put("members", record(RecordKind.MEMBERS));
    forms.put("manifest", state().manifest(3, Stored.NOTHING).encode());
    return forms;
  }
}

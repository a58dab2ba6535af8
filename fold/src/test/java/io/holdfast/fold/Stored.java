package io.holdfast.fold;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A channel's log, records and manifest as an engine would hold them, and the state folded from
 * them: {@link #restarted} is what a crash leaves.
 */
final class Stored {
  static final long GENERATION = 1_700_000_000_000L;

  /** A checkpoint of a state of which no record has changed. */
  static final Checkpoint NOTHING = new Checkpoint(0, List.of());

  final List<Entry> entries = new ArrayList<>();
  final List<Long> times = new ArrayList<>();
  final Map<RecordKind, TreeMap<String, byte[]>> records = new HashMap<>();
  private FoldLimits limits;
  private byte[] manifest = new byte[0];
  private ChannelState state;
  private long clock = 1_000;

  Stored() {
    this(FoldLimits.DEFAULT);
  }

  Stored(FoldLimits limits) {
    this.limits = limits;
    this.state = new ChannelState(GENERATION, limits);
  }

  /** Limits by which a message of {@link Parts} may have so many bytes of data. */
  static FoldLimits room(int dataBytes, int members, long kept) {
    Stored any = new Stored();
    any.add(Parts.publish("alice", 0, ""));
    int envelope = Objects.requireNonNull(any.message(any.serial(0, 0))).envelopeCost();
    return new FoldLimits(envelope + dataBytes, members, kept);
  }

  ChannelState state() {
    return state;
  }

  /** Time passes in the log. */
  void pass(long ms) {
    clock += ms;
  }

  /** The next entry: stored, then folded. */
  Applied add(Part... parts) {
    return add(List.of(parts));
  }

  Applied add(List<Part> parts) {
    Entry entry = new Entry(parts, limits);
    entries.add(EntryCodec.decode(EntryCodec.encode(entry)));
    times.add(clock++);
    return fold(entries.size());
  }

  private Applied fold(int position) {
    Entry entry = entries.get(position - 1);
    for (String serial : state.missing(entry)) {
      byte[] bytes = records(RecordKind.MESSAGE).get(serial);
      if (bytes != null) {
        state.load(StoredMessage.decode(bytes));
      }
    }
    if (state.lacksObjects(entry)) {
      loadObjects();
    }
    return state.apply(position, times.get(position - 1), entry);
  }

  /** The serial of an item. */
  String serial(int frame, int index) {
    return new Serial(new Cursor(GENERATION, entries.size(), frame), index).toString();
  }

  Map<String, byte[]> records(RecordKind kind) {
    return records.computeIfAbsent(kind, k -> new TreeMap<>());
  }

  /** Records are written; the manifest is not yet. */
  Checkpoint writeRecords() {
    Checkpoint checkpoint = state.checkpoint();
    for (Checkpoint.Write write : checkpoint.records()) {
      byte[] bytes = write.bytes();
      if (bytes == null) {
        records(write.kind()).remove(write.key());
      } else {
        records(write.kind()).put(write.key(), bytes);
      }
    }
    return checkpoint;
  }

  void checkpoint() {
    Checkpoint checkpoint = writeRecords();
    manifest = state.manifest(0, checkpoint).encode();
    state.written(checkpoint.through());
  }

  /** The same under other limits: somebody has changed the configuration. */
  Stored restarted(FoldLimits changed) {
    limits = changed;
    return restarted();
  }

  /** The process was killed: all that was in memory comes from the store. */
  Stored restarted() {
    ChannelManifest decoded = ChannelManifest.decode(manifest);
    state = new ChannelState(GENERATION, limits);
    state.restore(decoded, records(RecordKind.MEMBERS).get(""), records(RecordKind.STATE).get(""));
    for (int position = (int) state.end().position() + 1; position <= entries.size(); position++) {
      fold(position);
    }
    return this;
  }

  /** Brings the shared objects into memory. */
  void loadObjects() {
    StoredObjects objects = new StoredObjects();
    for (RecordKind kind : List.of(RecordKind.UPKEEP, RecordKind.OBJECT_ENTRY, RecordKind.OBJECT)) {
      records(kind).forEach((key, bytes) -> objects.add(kind, key, bytes));
    }
    state.loadObjects(objects);
  }

  @Nullable StoredMessage message(String serial) {
    StoredMessage known = state.message(serial);
    byte[] bytes = records(RecordKind.MESSAGE).get(serial);
    return known != null || bytes == null ? known : StoredMessage.decode(bytes);
  }

  String text(String serial) {
    StoredMessage message = Objects.requireNonNull(message(serial));
    return Objects.requireNonNull(message.message().data()).asText();
  }

  /** All that the channel is: messages, versions, presence and its history, and the marks. */
  Map<String, Object> all() {
    Map<String, Object> all = new TreeMap<>();
    records(RecordKind.MESSAGE).forEach((k, v) -> all.put("m" + k, StoredMessage.decode(v)));
    state.unwrittenMessages().forEach((k, v) -> all.put("m" + k, v));
    for (RecordKind kind :
        List.of(RecordKind.VERSION, RecordKind.ANNOTATION, RecordKind.PRESENCE)) {
      records(kind).forEach((k, v) -> all.put(kind + k, hex(v)));
      state.unwrittenRecords(kind).forEach((k, v) -> all.put(kind + k, hex(v)));
    }
    loadObjects();
    all.put("objects", state.objects());
    all.put("upkeep", state.upkeep());
    state.members().forEach(member -> all.put("member " + member.key(), member));
    all.put("manifest", hex(state.manifest(0, NOTHING).encode()));
    all.put("end", state.end());
    return all;
  }

  static String hex(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(bytes);
  }
}

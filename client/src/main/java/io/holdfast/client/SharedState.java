package io.holdfast.client;

import io.holdfast.objects.MapEntry;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.ObjectId;
import io.holdfast.objects.Operation;
import io.holdfast.objects.Pool;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Sorted;
import io.holdfast.objects.Stamp;
import io.holdfast.protocol.ConnectionDetails;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.MessageSize;
import io.holdfast.protocol.ObjectMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The shared objects of one channel as this client knows them (RTO): listed by the server after
 * every attach, then changed by operations. Changed on the loop; the pool is read by any thread.
 */
final class SharedState {
  /** How many operations may come during a list; with more the list is asked for again. */
  private static final int HELD_MAX = 16_384;

  private static final int FRAME_BYTES = 256;

  /** How often it is looked for what has been gone for long enough to be forgotten (RTO10). */
  private static final long LOOK_MS = Duration.ofMinutes(5).toMillis();

  /** How long what is gone is remembered when the server does not say. */
  private static final long GRACE_MS = Duration.ofDays(1).toMillis();

  /**
   * Stands for the log where an operation of this client was acknowledged and not yet told: what
   * others did before it may come after the acknowledgement, and must not look old then.
   */
  private static final String UNTOLD = "(acknowledged)";

  /**
   * An operation and where it stands.
   *
   * @param told whether the channel told it, rather than an acknowledgement
   */
  private record Placed(Operation operation, Stamp stamp, boolean told) {}

  private final Attachment channel;
  private final Broadcast<ObjectChange> changes;
  private final Waiters awaitSync = new Waiters();
  private final List<Placed> held = new ArrayList<>();

  private volatile Pool pool = Pool.EMPTY;
  private volatile boolean synced;
  private Pool listed = Pool.EMPTY;
  private final Set<String> seen = new HashSet<>();

  /** Serials that were acknowledged and applied; each goes when its echo comes, all with a list. */
  private final Set<String> untold = new HashSet<>();

  private @Nullable String sequence;
  private boolean overflown;

  /** When it was last looked for what can be forgotten, ms. */
  private long looked;

  SharedState(Attachment channel, Broadcast.Means means) {
    this.channel = channel;
    this.changes = new Broadcast<>(means);
  }

  Broadcast<ObjectChange> changes() {
    return changes;
  }

  Pool pool() {
    return pool;
  }

  // --- the list ----------------------------------------------------------------------------------

  /** The server lists everything after every attach; without anything there is but the root. */
  void attached(boolean hasObjects) {
    begin(null);
    if (!hasObjects) {
      finish();
    }
  }

  private void begin(@Nullable String of) {
    synced = false;
    sequence = of;
    listed = Pool.EMPTY;
    seen.clear();
    held.clear();
    untold.clear();
    overflown = false;
  }

  void listed(Frame.ObjectSync frame) {
    String serial = frame.channelSerial();
    int colon = serial == null ? -1 : serial.indexOf(':');
    String of = serial == null || colon < 0 ? "" : serial.substring(0, colon);
    if (synced || (sequence != null && !sequence.equals(of))) {
      begin(of);
    }
    sequence = of;
    for (ObjectMessage message : frame.state()) {
      if (message.object() != null) {
        list(message.object());
      }
    }
    if (serial == null || colon < 0 || colon + 1 == serial.length()) {
      finish();
    }
  }

  /** Of a large map several parts are listed, each with some of its entries. */
  private void list(SharedObject object) {
    boolean more = !seen.add(object.id());
    if (more
        && object instanceof MapObject part
        && listed.get(object.id()) instanceof MapObject known) {
      Map<String, MapEntry> entries = new LinkedHashMap<>();
      part.entries().forEach(entries::put);
      Sorted<MapEntry> all = known.entries();
      for (Map.Entry<String, MapEntry> entry : entries.entrySet()) {
        all = all.put(entry.getKey(), entry.getValue());
      }
      listed = listed.with(MapObject.of(part.head(), all, part.clearSerial()));
    } else {
      listed = listed.with(object);
    }
  }

  private void finish() {
    if (overflown) {
      channel.reattach();
      return;
    }
    Pool next = listed;
    for (Placed placed : held) {
      next = placed(next, placed);
    }
    held.clear();
    listed = Pool.EMPTY;
    seen.clear();
    sequence = null;
    synced = true;
    become(next);
    awaitSync.complete();
  }

  void awaitSync(CompletableFuture<Void> done) {
    switch (channel.state()) {
      case ATTACHED, ATTACHING -> {
        if (synced && channel.state() == ChannelState.ATTACHED) {
          done.complete(null);
        } else {
          awaitSync.add(done);
        }
      }
      // it was, when the caller asked: no list comes
      case INITIALIZED, DETACHING, DETACHED, SUSPENDED, FAILED ->
          done.completeExceptionally(Fault.DETACHED.exception("it is " + channel.state()));
    }
  }

  /** The channel is not attached any more; what was known stays to be read. */
  void detached(ErrorInfo error) {
    synced = false;
    awaitSync.fail(error);
  }

  // --- operations --------------------------------------------------------------------------------

  void heard(Frame.Objects frame) {
    List<Placed> placed = new ArrayList<>();
    for (ObjectMessage message : frame.state()) {
      Operation operation = message.operation();
      if (operation != null && message.serial() != null && message.siteCode() != null) {
        long time = message.serialTimestamp() == 0 ? frame.timestamp() : message.serialTimestamp();
        placed.add(
            new Placed(operation, new Stamp(message.serial(), message.siteCode(), time), true));
      }
    }
    apply(placed);
  }

  private void apply(List<Placed> placed) {
    if (!synced) {
      if (held.size() + placed.size() > HELD_MAX) {
        held.clear();
        overflown = true;
      } else if (!overflown) {
        held.addAll(placed);
      }
      return;
    }
    Pool next = pool;
    for (Placed each : placed) {
      next = placed(next, each);
    }
    become(next);
    forget();
  }

  /** Only what changes grows, so it is enough to look after a change. Nobody is told of it. */
  private void forget() {
    long now = channel.now().toEpochMilli();
    if (pool.tombstones() == 0 || now - looked < LOOK_MS) {
      return;
    }
    looked = now;
    ConnectionDetails details = channel.details();
    long grace = details == null ? 0 : details.objectsGCGracePeriod();
    pool = pool.sweep(now, grace > 0 ? grace : GRACE_MS, 0).pool();
  }

  private Pool placed(Pool before, Placed placed) {
    Stamp stamp = placed.stamp();
    if (placed.told()) {
      return untold.remove(stamp.serial()) ? before : before.apply(placed.operation(), stamp);
    }
    SharedObject object = before.get(placed.operation().objectId());
    String heard = object == null ? null : object.head().sites().get(stamp.site());
    if (heard != null && heard.compareTo(stamp.serial()) >= 0) {
      return before; // its echo came first, or it was in the list
    }
    untold.add(stamp.serial());
    return before.apply(placed.operation(), new Stamp(stamp.serial(), UNTOLD, stamp.time()));
  }

  private void become(Pool next) {
    Pool before = pool;
    pool = next;
    Set<String> changed = new HashSet<>();
    next.objects().changesSince(before.objects(), (id, was, is) -> changed.add(id));
    if (!changed.isEmpty()) {
      changes.emit(new ObjectChange(changed));
    }
  }

  /** Sends what the pool at this moment makes of a wish; applied when it is acknowledged. */
  void write(Function<Pool, List<Operation>> wish, CompletableFuture<Void> done) {
    if (!channel.echoes()) {
      done.completeExceptionally(
          Fault.BAD_REQUEST.exception("objects are changed by connections that hear their own"));
      return;
    }
    List<Operation> operations;
    List<ObjectMessage> state;
    long size = 0;
    try {
      operations = wish.apply(pool);
      state = operations.stream().map(ObjectMessage::of).toList();
      for (ObjectMessage message : state) {
        size += MessageSize.of(message);
      }
      // A frame that is far too large would cost the whole connection.
      LiveChannel.checkSize(size, state.size(), channel.details());
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
      return;
    }
    if (operations.isEmpty()) {
      done.complete(null);
      return;
    }
    Outbox.Pending pending =
        channel
            .outbox()
            .admit(
                serial -> new Frame.Objects(channel.name(), state, serial, null, null, null, 0),
                size + FRAME_BYTES,
                false);
    CompletableFuture<?> unused =
        pending
            .verdict()
            .whenComplete(
                (result, error) -> {
                  if (error != null) {
                    done.completeExceptionally(error);
                  } else {
                    acknowledged(operations, result);
                    done.complete(null);
                  }
                });
    channel.publish(pending);
  }

  /** What is acknowledged can be read at once; its echo changes nothing more (RTO20). */
  private void acknowledged(List<Operation> operations, Frame.PublishResult result) {
    ConnectionDetails details = channel.details();
    if (details == null
        || details.siteCode().isEmpty()
        || result.serials().size() != operations.size()) {
      return;
    }
    List<Placed> placed = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      String serial = result.serials().get(i);
      if (serial != null) {
        placed.add(
            new Placed(
                operations.get(i),
                new Stamp(serial, details.siteCode(), channel.now().toEpochMilli()),
                false));
      }
    }
    apply(placed);
  }

  /** The object that keys lead to from the root, or null. */
  static @Nullable SharedObject resolve(Pool pool, List<String> keys) {
    SharedObject at = pool.get(ObjectId.ROOT);
    for (String key : keys) {
      if (!(at instanceof MapObject map)
          || !(map.get(key) instanceof io.holdfast.objects.Value.Reference(String id))) {
        return null;
      }
      SharedObject next = pool.get(id);
      at = next == null || next.head().deleted() ? null : next;
    }
    return at;
  }
}

package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.objects.CounterObject;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.Pool;
import io.holdfast.objects.SharedObject;
import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.SharedFrame;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells of shared objects in messages, for clients that know no others: all of them in a sequence,
 * or only that they have changed. At once after a quiet while, otherwise once in a while, so that
 * the last of it is always told. Of the channel's lane.
 */
final class Inband {
  /** How long they may change before it is told again, ms. */
  static final int WINDOW = 500;

  static final int BYTES = 4 * 1024;
  private static final String NAME = "[meta]objects";

  private final Channel handle;
  private final Services services;
  private final ChannelState state;
  private final Attachments attachments;
  private final Map<String, Told> sequences = new HashMap<>();
  private @Nullable Pool seen;
  private long quietUntil;
  private boolean waiting;
  private long told;

  Inband(Channel handle, Services services, ChannelState state, Attachments attachments) {
    this.handle = handle;
    this.services = services;
    this.state = state;
    this.attachments = attachments;
  }

  /** Looks whether what a turn has brought is to be told. */
  @SuppressWarnings("ReferenceEquality") // a pool that did not change is the same one
  void look() {
    if (attachments.objectWatchers().isEmpty() || !state.objectsLoaded()) {
      return;
    }
    Pool now = state.objects();
    boolean changed = seen != null && seen != now;
    if (seen == null) {
      seen = now;
    }
    boolean quiet = services.timers().now() >= quietUntil;
    if (changed && !quiet && !waiting) {
      waiting = true;
      long wait = Math.max(1, quietUntil - services.timers().now());
      services.timers().after(wait, () -> handle.offer(open -> open.inband().timeIsUp()));
    }
    tell(now, changed && quiet);
  }

  private void timeIsUp() {
    waiting = false;
    look();
  }

  /** Tells those who are new, and if {@code all} everyone. */
  private void tell(Pool now, boolean all) {
    if (all) {
      seen = now;
      sequences.clear();
      quietUntil = services.timers().now() + WINDOW;
    }
    for (Attachments.Place place : attachments.objectWatchers()) {
      boolean first = place.live() && place.firstOfObjects();
      boolean whole = place.attachment().view().objects() == InbandObjects.WHOLE;
      if (place.live() && (all || (first && whole))) {
        String key = place.attachment().view().name() + (whole ? "" : "\n");
        Told source = sequences.computeIfAbsent(key, k -> sequence(place, whole));
        place.executor().execute(() -> place.attachment().tellObjects(source));
      }
    }
  }

  private Told sequence(Attachments.Place place, boolean whole) {
    String name = place.attachment().view().name();
    long time = services.timers().now();
    // with the time, as the count begins anew when the channel has left memory and comes back
    String id = services.boot() + "-" + Long.toString(time, Character.MAX_RADIX) + "-" + told++;
    // whoever comes later within the window is told what the others were
    Pool objects = seen == null ? state.objects() : seen;
    return whole
        ? new Whole(name, id, time, objects, state.limits().maxMessageBytes())
        : new Told(name, id, time, List.of(notice(handle.id().name())));
  }

  private static Map<String, Object> notice(String channel) {
    String path = URLEncoder.encode(channel, StandardCharsets.UTF_8).replace("+", "%20");
    return Map.of("link", "/channels/" + path + "/object");
  }

  /** Messages under one name of the channel, each made when it is wanted. Safe for any thread. */
  private static class Told implements Pouring.Source {
    private final String channel;
    private final String id;
    private final long time;
    private final List<Map<String, Object>> notices;
    private final List<SharedFrame> frames = new ArrayList<>();

    Told(String channel, String id, long time, List<Map<String, Object>> notices) {
      this.channel = channel;
      this.id = id;
      this.time = time;
      this.notices = notices;
    }

    String id() {
      return id;
    }

    @Nullable Map<String, Object> data(int number) {
      return number < notices.size() ? notices.get(number) : null;
    }

    @Override
    public final synchronized @Nullable SharedFrame page(int number) {
      while (number >= frames.size()) {
        Map<String, Object> data = data(frames.size());
        if (data == null) {
          return null;
        }
        frames.add(frame(data, frames.size()));
      }
      return frames.get(number);
    }

    private SharedFrame frame(Map<String, Object> data, int number) {
      byte[] json = BodyCodec.encodeTree(data, Format.JSON);
      Message message =
          new Message(
              MessageAction.META,
              null,
              NAME,
              Data.text(new String(json, StandardCharsets.UTF_8)),
              "json",
              null,
              null,
              null,
              time,
              null,
              null,
              null);
      @Nullable String nowhere = null;
      return new SharedFrame(
          new Frame.Messages(
              channel,
              List.of(message),
              -1,
              "objects-" + id + ":" + number,
              nowhere,
              nowhere,
              time,
              Map.of()));
    }
  }

  /** All objects, one a message. */
  private static final class Whole extends Told {
    /** How many bytes a byte of an object takes at the most when it is written. */
    private static final int WRITTEN = 6;

    private final Pool pool;
    private final int maxBytes;

    /** Gathered when the first message is wanted, which is not on the channel's lane. */
    private @Nullable List<SharedObject> gathered;

    private @Nullable ErrorInfo error;

    Whole(String channel, String id, long time, Pool pool, int maxBytes) {
      super(channel, id, time, List.of());
      this.pool = pool;
      this.maxBytes = maxBytes;
    }

    private List<SharedObject> objects() {
      List<SharedObject> objects = gathered;
      if (objects == null) {
        objects = new ArrayList<>();
        gather(objects);
        gathered = objects;
      }
      return objects;
    }

    private void gather(List<SharedObject> objects) {
      pool.objects()
          .forEach(
              (objectId, object) -> {
                if (!object.head().deleted()) {
                  objects.add(object);
                  if (error == null && bytes(object) > maxBytes) {
                    error =
                        ErrorCode.OBJECT_LIMIT_EXCEEDED.info(
                            "object " + objectId + " is too large to be told in a message");
                  }
                }
              });
    }

    /** What is told of an object takes, or at least more than it may. */
    private long bytes(SharedObject object) {
      if (object.size() * WRITTEN <= maxBytes) {
        return object.size();
      }
      long least = object instanceof MapObject map ? least(map) : 0;
      // what is removed is not told, and what is told may be longer than it counts
      return least > maxBytes ? least : BodyCodec.encodeTree(shown(object), Format.JSON).length;
    }

    private static long least(MapObject map) {
      long[] least = {0};
      map.entries()
          .forEach(
              (key, entry) ->
                  least[0] += entry.value() == null ? 0 : key.length() + entry.value().size());
      return least[0];
    }

    @Override
    @Nullable Map<String, Object> data(int number) {
      List<SharedObject> objects = objects();
      if (number >= (error == null ? objects.size() : 1)) {
        return null;
      }
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("syncId", id());
      if (error != null) {
        data.put("error", error);
        return data;
      }
      if (number + 1 < objects.size()) {
        data.put("nextCursor", String.valueOf(number + 1));
      }
      data.put("object", shown(objects.get(number)));
      return data;
    }

    private static Map<String, Object> shown(SharedObject object) {
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("objectId", object.id());
      switch (object) {
        case CounterObject counter ->
            shown.put("counter", Map.of("data", Map.of("number", counter.value())));
        case MapObject map -> {
          Map<String, Object> entries = new LinkedHashMap<>();
          map.entries()
              .forEach(
                  (key, entry) -> {
                    if (entry.value() != null) {
                      entries.put(key, Map.of("data", entry.value()));
                    }
                  });
          Map<String, Object> inside = new LinkedHashMap<>();
          inside.put("semantics", "LWW");
          inside.put("entries", entries);
          shown.put("map", inside);
        }
      }
      return shown;
    }
  }
}

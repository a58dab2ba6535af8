package io.holdfast.channels;

import io.holdfast.objects.CounterObject;
import io.holdfast.objects.MapEntry;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.Pool;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Sorted;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.ObjectMessage;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shared objects at one place of a channel's log as OBJECT_SYNC frames. A page is made when it
 * is first wanted, so that nobody is held up by all of them, and is the same for everyone who syncs
 * there. A map that is larger than a page is told in parts. Safe for any thread.
 */
final class ObjectPages implements Pouring.Source {
  private final String channel;
  private final String sequence;
  private final Pool pool;
  private final int pageBytes;

  // guarded by this
  private final List<SharedFrame> pages = new ArrayList<>();
  private boolean complete;

  /** The last object that was told whole, and a map of which some was told, up to a key. */
  private @Nullable String through;

  private @Nullable String begun;
  private @Nullable String throughKey;

  /**
   * Pages to be.
   *
   * @param sequence names this state of the objects to clients
   * @param pageBytes a page has no more than this and one entry
   */
  ObjectPages(String channel, Pool pool, String sequence, int pageBytes) {
    this.channel = channel;
    this.pool = pool;
    this.sequence = sequence;
    this.pageBytes = pageBytes;
  }

  /** Roughly what a page takes. */
  int pageBytes() {
    return pageBytes;
  }

  @Override
  public synchronized @Nullable SharedFrame page(int number) {
    while (number >= pages.size() && !complete) {
      make();
    }
    return number < pages.size() ? pages.get(number) : null;
  }

  private void make() {
    Page page = new Page();
    String map = begun;
    begun = null;
    if (map != null && pool.get(map) instanceof MapObject part) {
      page.add(part, throughKey);
      through = map;
    }
    complete =
        begun == null
            && pool.objects().forEachAfter(through, (id, object) -> page.takes(id, object));
    // an empty cursor says that this is the last page
    String cursor = complete ? "" : String.valueOf(pages.size() + 1);
    pages.add(
        new SharedFrame(new Frame.ObjectSync(channel, sequence + ":" + cursor, page.messages)));
  }

  private final class Page {
    private final List<ObjectMessage> messages = new ArrayList<>();
    private long bytes;

    /** Adds an object if there is room; tells whether all of it went in. */
    boolean takes(String id, SharedObject object) {
      if (bytes >= pageBytes) {
        return false;
      }
      switch (object) {
        case MapObject map -> add(map, null);
        case CounterObject counter -> {
          messages.add(ObjectMessage.of(counter));
          bytes += counter.size();
        }
      }
      through = id;
      return begun == null;
    }

    /** Adds what there is room for of a map's entries behind a key. */
    void add(MapObject map, @Nullable String after) {
      Part part = new Part();
      long room = pageBytes - bytes;
      if (after == null && map.size() <= room) {
        messages.add(ObjectMessage.of(map));
        bytes += map.size();
        return;
      }
      boolean all =
          map.entries()
              .forEachAfter(
                  after,
                  (key, entry) -> {
                    if (part.bytes >= room) {
                      return false;
                    }
                    part.add(key, entry);
                    return true;
                  });
      MapObject some = MapObject.of(map.head(), part.entries, map.clearSerial());
      messages.add(ObjectMessage.of(some));
      bytes += some.size();
      if (!all) {
        begun = map.id();
        throughKey = part.last;
      }
    }
  }

  /** Some of a map's entries. */
  private static final class Part {
    private Sorted<MapEntry> entries = Sorted.empty();
    private @Nullable String last;
    private long bytes;

    void add(String key, MapEntry entry) {
      entries = entries.put(key, entry);
      last = key;
      bytes +=
          MapObject.ENTRY_OVERHEAD
              + key.length()
              + (entry.value() == null ? 0 : entry.value().size());
    }
  }
}

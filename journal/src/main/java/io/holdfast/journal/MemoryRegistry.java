package io.holdfast.journal;

import io.holdfast.journal.MemoryDisk.ItemName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jspecify.annotations.Nullable;

/** The registry beside a {@link MemoryJournal}: same disk, same executor, same switches. */
public final class MemoryRegistry implements Registry {
  private final MemoryEngine engine;
  private final MemoryDisk disk;
  private final Set<Watching> watchings = new CopyOnWriteArraySet<>();

  public MemoryRegistry(MemoryJournal journal) {
    this.disk = journal.disk();
    this.engine = journal.engine(this);
  }

  @Override
  public CompletableFuture<@Nullable Item> get(String app, String kind, String key) {
    return engine.<@Nullable Item>read(() -> disk.items.get(new ItemName(app, kind, key)));
  }

  @Override
  public CompletableFuture<Boolean> compareAndSet(
      String app, String kind, String key, long expected, byte @Nullable [] bytes) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    ItemName name = new ItemName(app, kind, key);
    return engine.write(
        answer,
        () -> {
          Item stored = disk.items.get(name);
          if ((stored == null ? 0 : stored.version()) != expected) {
            return () -> answer.complete(false);
          }
          if (bytes == null) {
            disk.items.remove(name);
          } else {
            disk.items.put(name, new Item(app, kind, key, expected + 1, bytes));
          }
          return () -> {
            if (stored != null || bytes != null) {
              watchings.forEach(watching -> watching.tell(name, expected + 1, bytes));
            }
            if (!engine.isCrashed()) {
              answer.complete(true);
            }
          };
        });
  }

  @Override
  public CompletableFuture<List<Item>> scan(String app, String kind, String prefix, int limit) {
    return engine.read(
        () -> {
          List<Item> found = new ArrayList<>();
          for (Item item : disk.items.tailMap(new ItemName(app, kind, prefix), true).values()) {
            if (found.size() >= limit
                || !item.app().equals(app)
                || !item.kind().equals(kind)
                || !item.key().startsWith(prefix)) {
              break;
            }
            found.add(item);
          }
          return found;
        });
  }

  @Override
  public Journal.Subscription follow(Watcher watcher) {
    Watching watching = new Watching(watcher);
    watchings.add(watching);
    return watching;
  }

  void closed() {
    watchings.clear();
  }

  private final class Watching implements Journal.Subscription {
    private final Watcher watcher;

    Watching(Watcher watcher) {
      this.watcher = watcher;
    }

    void tell(ItemName name, long version, byte @Nullable [] bytes) {
      if (engine.isCrashed() || !watchings.contains(this)) {
        return;
      }
      if (bytes == null) {
        watcher.deleted(name.app(), name.kind(), name.key());
      } else {
        watcher.changed(new Item(name.app(), name.kind(), name.key(), version, bytes));
      }
    }

    @Override
    public void close() {
      watchings.remove(this);
    }
  }
}

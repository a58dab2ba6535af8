package io.holdfast.journalrocksdb;

import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The registry of a {@link RocksStore}. */
public final class RocksRegistry implements Registry {
  private static final Logger log = LoggerFactory.getLogger(RocksRegistry.class);

  private final Database database;
  private final Committer committer;
  private final Readers readers;
  private final Set<Watching> watchings = new CopyOnWriteArraySet<>();

  RocksRegistry(Database database, Committer committer, Readers readers) {
    this.database = database;
    this.committer = committer;
    this.readers = readers;
  }

  @Override
  public CompletableFuture<@Nullable Item> get(String app, String kind, String key) {
    return readers.<@Nullable Item>read(
        () -> {
          byte[] stored = database.get(Family.REGISTRY, Keys.item(app, kind, key));
          return stored == null ? null : item(app, kind, key, stored);
        });
  }

  private static Item item(String app, String kind, String key, byte[] stored) {
    return new Item(app, kind, key, Keys.number(stored, 0), Keys.afterNumber(stored));
  }

  @Override
  public CompletableFuture<Boolean> compareAndSet(
      String app, String kind, String key, long expected, byte @Nullable [] bytes) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    byte[] stored = Keys.item(app, kind, key);
    return committer.take(
        answer,
        stored.length + (bytes == null ? 0L : bytes.length),
        batch -> {
          if (batch.itemVersion(stored) != expected) {
            return () -> answer.complete(false);
          }
          if (bytes != null) {
            batch.item(stored, expected + 1, bytes);
          } else if (expected != 0) {
            batch.deleteItem(stored);
          }
          return () -> {
            if (bytes != null) {
              Item item = new Item(app, kind, key, expected + 1, bytes);
              tell(watcher -> watcher.changed(item));
            } else if (expected != 0) {
              tell(watcher -> watcher.deleted(app, kind, key));
            }
            answer.complete(true);
          };
        });
  }

  private interface News {
    void to(Watcher watcher);
  }

  private void tell(News news) {
    for (Watching watching : watchings) {
      try {
        news.to(watching.watcher);
      } catch (RuntimeException e) {
        log.error("A watcher of the registry failed", e);
      }
    }
  }

  @Override
  public CompletableFuture<List<Item>> scan(String app, String kind, String prefix, int limit) {
    return readers.read(() -> read(app, kind, prefix, limit));
  }

  private List<Item> read(String app, String kind, String prefix, int limit)
      throws RocksDBException {
    byte[] lower = Keys.item(app, kind, prefix);
    int before = Keys.item(app, kind, "").length;
    List<Item> found = new ArrayList<>();
    try (Range range =
        new Range(database, Family.REGISTRY, lower, Keys.afterPrefix(lower), Direction.FORWARDS)) {
      while (found.size() < limit && range.next()) {
        found.add(item(app, kind, Keys.itemKey(range.key(), before), range.value()));
      }
    }
    return found;
  }

  @Override
  public Journal.Subscription follow(Watcher watcher) {
    Watching watching = new Watching(watcher);
    watchings.add(watching);
    return watching;
  }

  private final class Watching implements Journal.Subscription {
    private final Watcher watcher;

    Watching(Watcher watcher) {
      this.watcher = watcher;
    }

    @Override
    public void close() {
      watchings.remove(this);
    }
  }
}

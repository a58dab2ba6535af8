package io.holdfast.journal;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Records that are not a channel's: apps, keys, namespaces, secrets. Named by (app, kind, key);
 * durable when the future completes; see {@link Journal} for threads and failures.
 */
public interface Registry {
  /**
   * A record.
   *
   * @param version goes up with every write of it, from 1
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Item(String app, String kind, String key, long version, byte[] bytes) {}

  CompletableFuture<@Nullable Item> get(String app, String kind, String key);

  /**
   * Writes if the stored version is still {@code expected} (0: there is none); tells whether it
   * did.
   *
   * @param bytes null deletes; what is written after that has version 1 again
   */
  CompletableFuture<Boolean> compareAndSet(
      String app, String kind, String key, long expected, byte @Nullable [] bytes);

  /** Records of a kind whose key begins with {@code prefix}, in order of their keys. */
  CompletableFuture<List<Item>> scan(String app, String kind, String prefix, int limit);

  /**
   * Completes once reads and watchers know of all that was written before the call, also by others
   * on the same engine: without it they may be a moment behind.
   */
  default CompletableFuture<Void> catchUp() {
    return CompletableFuture.completedFuture(null);
  }

  /** Tells of every later write: the item, or with null bytes replaced by a deletion. */
  Journal.Subscription follow(Watcher watcher);

  /** Hears of writes, in their order, on a thread of the engine's. */
  interface Watcher {
    void changed(Item item);

    void deleted(String app, String kind, String key);
  }
}

package io.holdfast.client;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A place among the shared objects of a channel, named by the keys that lead to it from the root.
 * It is a name and no object: what is there is looked up with each call, and may be nothing.
 * Reading waits for nobody and sees one moment; before {@link LiveObjects#sync} there is nothing to
 * see.
 *
 * <p>A change is told by the future or the return once it is on disk, and can be read from then on.
 * One whose connection was lost for good before it was acknowledged fails with 80018, since nobody
 * knows whether it was applied. Paths that lead nowhere are refused with 92005, and what is of the
 * wrong kind with 92007, and what is larger than the server takes at once with 40009.
 */
public interface ObjectPath {
  /** The keys from the root. */
  List<String> keys();

  /** The place that further keys lead to. */
  ObjectPath at(String... more);

  /** Whether anything is here. */
  boolean exists();

  /** The id of the map or counter here, or null. */
  @Nullable String objectId();

  /**
   * What is here: text, bytes, a {@link Double}, a boolean or what JSON can say; of a counter its
   * number; null for a map and for nothing.
   */
  @Nullable Object value();

  /** The keys of the map here, sorted; empty for anything else. */
  Set<String> entries();

  /**
   * Everything below here: maps as maps, counters as numbers. A map within itself is told by its id
   * alone, as {@code objectId}.
   */
  @Nullable Object compact();

  /**
   * Puts a value under a key of the map here: text, bytes, a number, a boolean, a map or list (as
   * JSON), a {@link NewObject}, or the object at another path.
   */
  void set(String key, Object value) throws InterruptedException;

  /** As {@link #set}, without waiting. */
  CompletableFuture<Void> setAsync(String key, Object value);

  /** Takes a key out of the map here. */
  void remove(String key) throws InterruptedException;

  /** As {@link #remove}, without waiting. */
  CompletableFuture<Void> removeAsync(String key);

  /** Adds to the counter here; a negative amount takes from it. */
  void increment(double amount) throws InterruptedException;

  /** As {@link #increment}, without waiting. */
  CompletableFuture<Void> incrementAsync(double amount);

  /** Calls the listener when anything here or below changes, see {@link Subscription}. */
  Subscription subscribe(Consumer<? super ObjectChange> listener);

  /** Keys and values as {@link Map} when it is a map; for reading many at once. */
  Map<String, @Nullable Object> map();
}

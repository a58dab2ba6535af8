package io.holdfast.client;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The shared objects of a channel: maps and counters that all who are attached change together, and
 * that end up alike for all. The channel needs the modes {@link ChannelMode#OBJECT_SUBSCRIBE} and,
 * to change them, {@link ChannelMode#OBJECT_PUBLISH}.
 */
public interface LiveObjects {
  /**
   * Attaches the channel and waits until all objects are here.
   *
   * @throws HoldfastException with code 40024 when it was attached without the mode
   */
  void sync() throws InterruptedException;

  /** As {@link #sync}, without waiting. */
  CompletableFuture<Void> syncAsync();

  /** The map that is always there. */
  ObjectPath root();

  /** The place that the keys lead to from the root. */
  ObjectPath at(String... keys);

  /** Makes several changes as one: others see all of them or none. */
  void batch(Consumer<Batch> changes) throws InterruptedException;

  /** As {@link #batch}, without waiting. */
  CompletableFuture<Void> batchAsync(Consumer<Batch> changes);

  /** Every change, whoever made it. */
  Feed<ObjectChange> changes();

  /** Gathers changes; places are looked up as they were before the first. */
  interface Batch {
    /** As {@link ObjectPath#set}. */
    Batch set(ObjectPath map, String key, Object value);

    /** As {@link ObjectPath#remove}. */
    Batch remove(ObjectPath map, String key);

    /** As {@link ObjectPath#increment}. */
    Batch increment(ObjectPath counter, double amount);
  }
}

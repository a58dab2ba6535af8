package io.holdfast.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.journal.Registry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The nonces of token requests, for as long as a request with one could be sent again. They stand
 * in the registry, so neither a restart nor another node lets one be used twice. Holds a bounded
 * number and takes no more when it is full: forgetting one would let it be used again.
 */
final class Nonces {
  private static final String KIND = "nonce";
  private static final byte[] HASH_KEY = "nonce".getBytes(StandardCharsets.UTF_8);

  enum Verdict {
    FRESH,
    USED,
    FULL
  }

  private record Entry(String app, String key) {}

  private final Registry registry;
  private final Clock clock;
  private final Duration kept;
  private final int max;

  /** By when they may be forgotten. */
  private final ConcurrentSkipListMap<Long, List<Entry>> byAge = new ConcurrentSkipListMap<>();

  private final AtomicInteger size = new AtomicInteger();

  /** Reads those that an earlier run has taken. */
  Nonces(Registry registry, Clock clock, Duration kept, int max) {
    this.registry = registry;
    this.clock = clock;
    this.kept = kept;
    this.max = max;
    for (Registry.Item app : registry.scan(App.NOBODY, App.KIND, "", max).join()) {
      for (Registry.Item item : registry.scan(app.key(), KIND, "", max).join()) {
        remember(item.app(), item.key(), Json.object(item.bytes()).path("until").asLong());
      }
    }
  }

  /** Remembers a nonce of a key's, if it is fresh. Blocks until that is durable. */
  Verdict take(String keyName, String nonce) {
    long now = clock.millis();
    forget(now);
    String app = keyName.substring(0, Math.max(0, keyName.indexOf('.')));
    String key = name(keyName, nonce);
    if (size.get() >= max) {
      return registry.get(app, KIND, key).join() == null ? Verdict.FULL : Verdict.USED;
    }
    long until = now + kept.toMillis();
    ObjectNode node = Json.MAPPER.createObjectNode().put("until", until);
    if (!registry.compareAndSet(app, KIND, key, 0, Json.bytes(node)).join()) {
      return Verdict.USED;
    }
    remember(app, key, until);
    return Verdict.FRESH;
  }

  /** How long until the first of them is forgotten, ms. */
  long roomIn() {
    Map.Entry<Long, List<Entry>> first = byAge.firstEntry();
    return first == null ? 0 : Math.max(0, first.getKey() - clock.millis());
  }

  /** One length for all, whatever clients make up. */
  private static String name(String keyName, String nonce) {
    byte[] whole = (keyName + " " + nonce).getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Hmac.sha256(HASH_KEY, whole));
  }

  private void remember(String app, String key, long until) {
    size.incrementAndGet();
    byAge.compute(
        until,
        (time, entries) -> {
          List<Entry> added = entries == null ? new ArrayList<>(1) : entries;
          added.add(new Entry(app, key));
          return added;
        });
  }

  private void forget(long now) {
    for (Map.Entry<Long, List<Entry>> due = byAge.firstEntry();
        due != null && due.getKey() <= now;
        due = byAge.firstEntry()) {
      List<Entry> entries = byAge.remove(due.getKey());
      for (Entry entry : entries == null ? List.<Entry>of() : entries) {
        size.decrementAndGet();
        // Written once and never changed, so its version is 1. What fails is tried at next start.
        registry.compareAndSet(entry.app, KIND, entry.key, 1, null).exceptionally(failure -> false);
      }
    }
  }
}

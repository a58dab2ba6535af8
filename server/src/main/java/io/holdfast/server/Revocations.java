package io.holdfast.server;

import io.holdfast.journal.Journal;
import io.holdfast.journal.Registry;
import io.holdfast.protocol.ErrorCode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tokens taken back before their time, as the registry has them now. Kept for as long as there can
 * be such a token. Any thread may ask.
 */
final class Revocations implements AutoCloseable {
  /** The longest life of a token of a key whose tokens can be revoked. */
  static final Duration MAX_TTL = Duration.ofHours(1);

  /** How long clients are given to get another token. */
  static final Duration MARGIN = Duration.ofSeconds(30);

  private static final int MAX_PER_KEY = 100_000;

  private final Registry registry;
  private final Clock clock;
  private final Journal.Subscription subscription;
  private final ConcurrentMap<String, ConcurrentMap<String, Revocation>> byKey =
      new ConcurrentHashMap<>();
  private volatile Consumer<Revocation> listener = revocation -> {};

  /** Reads what there is; returns when it is all there. */
  @SuppressWarnings("this-escape") // the watcher only adds to the map
  Revocations(Registry registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
    subscription =
        registry.follow(
            new Registry.Watcher() {
              @Override
              public void changed(Registry.Item item) {
                if (item.kind().equals(Revocation.KIND)) {
                  listener.accept(take(item));
                }
              }

              @Override
              public void deleted(String app, String kind, String key) {
                if (kind.equals(Revocation.KIND)) {
                  of(app + "." + key.substring(0, key.indexOf('/'))).remove(key);
                }
              }
            });
    for (Registry.Item app : registry.scan(App.NOBODY, App.KIND, "", MAX_PER_KEY).join()) {
      for (Registry.Item item : registry.scan(app.key(), Revocation.KIND, "", MAX_PER_KEY).join()) {
        var _ = take(item);
      }
    }
  }

  /** Has those that are pending told, and each later one on a thread of the engine's. */
  void listen(Consumer<Revocation> told) {
    listener = told;
    byKey.values().stream()
        .flatMap(known -> known.values().stream())
        .filter(revocation -> !revocation.pending().isEmpty())
        .forEach(told);
  }

  private Revocation take(Registry.Item item) {
    Revocation read = Revocation.read(item.app(), item.key(), item.bytes());
    of(read.keyName()).put(item.key(), read);
    return read;
  }

  private ConcurrentMap<String, Revocation> of(String keyName) {
    return byKey.computeIfAbsent(keyName, key -> new ConcurrentHashMap<>());
  }

  /** Whether a token has been taken back. */
  boolean revoked(Principal principal) {
    Map<String, Revocation> revocations = byKey.get(principal.keyName());
    if (revocations == null || revocations.isEmpty()) {
      return false;
    }
    long now = clock.millis();
    return revocations.values().stream().anyMatch(r -> r.holds(principal, now));
  }

  /**
   * Takes tokens back. Blocks until that is durable.
   *
   * @param issuedBefore those issued before this, ms since the epoch
   * @param appliesAt from when on
   */
  void revoke(ApiKey key, Revocation.Target target, long issuedBefore, long appliesAt) {
    Map<String, Revocation> known = of(key.name());
    forget(key, List.copyOf(known.values()));
    if (known.size() >= MAX_PER_KEY) {
      long first = known.values().stream().mapToLong(Revocations::over).min().orElse(0);
      throw new Refusal(
          ErrorCode.RATE_LIMITED
              .info("the key has too many revocations")
              .after(Math.max(0, first - clock.millis())));
    }
    Revocation none = Revocation.none(key.name(), target);
    boolean done = false;
    while (!done) {
      Registry.@Nullable Item stored = registry.get(key.app(), Revocation.KIND, none.key()).join();
      Revocation before = stored == null ? none : take(stored);
      Revocation after = before.with(issuedBefore, appliesAt, clock.millis());
      done =
          registry
              .compareAndSet(
                  key.app(),
                  Revocation.KIND,
                  none.key(),
                  stored == null ? 0 : stored.version(),
                  after.bytes())
              .join();
      if (done) {
        known.put(none.key(), after);
      }
    }
  }

  private static long over(Revocation revocation) {
    return revocation.over(MAX_TTL.plus(Jwt.AHEAD).toMillis());
  }

  /** Those that no token is left for go, whenever there is a new one. */
  private void forget(ApiKey key, List<Revocation> known) {
    long now = clock.millis();
    for (Revocation revocation : known) {
      if (over(revocation) < now) {
        Registry.@Nullable Item stored =
            registry.get(key.app(), Revocation.KIND, revocation.key()).join();
        if (stored != null) {
          var _ =
              registry.compareAndSet(
                  key.app(), Revocation.KIND, revocation.key(), stored.version(), null);
        }
      }
    }
  }

  @Override
  public void close() {
    subscription.close();
  }
}

package io.holdfast.server;

import io.holdfast.journal.Registry;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes apps, keys and namespaces to the registry. Calls block; they are for start and for few.
 */
final class AppRecords {
  private static final int MAX_RECORDS = 100_000;

  private final Registry registry;

  AppRecords(Registry registry) {
    this.registry = registry;
  }

  /**
   * Makes the registry hold what the command line and the file say now: writes it, and takes back
   * what they said at an earlier start and say no longer.
   */
  void apply(List<App> apps) {
    apps.forEach(this::write);
    Set<String> named = new HashSet<>();
    for (App app : apps) {
      app.keys().keySet().forEach(key -> named.add(app.id() + " " + ApiKey.KIND + " " + key));
      app.namespaces().keySet().forEach(key -> named.add(app.id() + " " + Rules.KIND + " " + key));
    }
    for (Registry.Item app : scan(App.NOBODY, App.KIND)) {
      for (String kind : List.of(ApiKey.KIND, Rules.KIND)) {
        for (Registry.Item item : scan(app.key(), kind)) {
          if (configured(item) && !named.contains(item.app() + " " + kind + " " + item.key())) {
            put(item.app(), kind, item.key(), null);
          }
        }
      }
    }
  }

  /**
   * Writes an app with its namespaces and keys; leaves others that it has. Keys are written last:
   * on another node, which hears of them in this order, who has the key also has the rules.
   */
  void write(App app) {
    put(App.NOBODY, App.KIND, app.id(), app.terms().bytes());
    for (Map.Entry<String, Rules> rules : app.namespaces().entrySet()) {
      put(app.id(), Rules.KIND, rules.getKey(), rules.getValue().bytes());
    }
    for (Map.Entry<String, ApiKey> key : app.keys().entrySet()) {
      put(app.id(), ApiKey.KIND, key.getKey(), key.getValue().bytes());
    }
  }

  /** Deletes an app with all its records. */
  void delete(App app) {
    for (String key : app.keys().keySet()) {
      put(app.id(), ApiKey.KIND, key, null);
    }
    for (String namespace : app.namespaces().keySet()) {
      put(app.id(), Rules.KIND, namespace, null);
    }
    for (Registry.Item revocation : scan(app.id(), Revocation.KIND)) {
      put(app.id(), Revocation.KIND, revocation.key(), null);
    }
    put(App.NOBODY, App.KIND, app.id(), null);
  }

  private static boolean configured(Registry.Item item) {
    return switch (Origin.read(Json.object(item.bytes()))) {
      case FLAG, FILE -> true;
      case MADE -> false;
    };
  }

  private List<Registry.Item> scan(String app, String kind) {
    return registry.scan(app, kind, "", MAX_RECORDS).join();
  }

  private void put(String app, String kind, String key, byte @Nullable [] bytes) {
    boolean done = false;
    while (!done) {
      Registry.Item stored = registry.get(app, kind, key).join();
      byte[] before = stored == null ? null : stored.bytes();
      long version = stored == null ? 0 : stored.version();
      done =
          Arrays.equals(before, bytes)
              || registry.compareAndSet(app, kind, key, version, bytes).join();
    }
  }
}

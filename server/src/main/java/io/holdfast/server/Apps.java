package io.holdfast.server;

import io.holdfast.journal.Journal;
import io.holdfast.journal.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The apps there are, as the registry has them now: read at start and changed as it changes, so a
 * key that is taken back stops working without a restart. Any thread may ask.
 */
final class Apps implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Apps.class);

  /** What holds in all of an app. */
  Terms terms(String app) {
    App known = apps.get(app);
    return known == null ? Terms.STANDARD : known.terms();
  }

  /** How many apps, and how many records of a kind in one, are read; beyond that start fails. */
  private static final int MAX_RECORDS = 100_000;

  private final ConcurrentMap<String, App> apps = new ConcurrentHashMap<>();
  private final Journal.Subscription subscription;
  private volatile Consumer<String> onRemoved = app -> {};

  /** What changed while the records are read; null once they are. Guarded by this. */
  private @Nullable List<Runnable> waiting = new ArrayList<>();

  /** Reads what there is; returns when it is all there. */
  @SuppressWarnings("this-escape") // the watcher waits until all is read
  Apps(Registry registry) {
    subscription =
        registry.follow(
            new Registry.Watcher() {
              @Override
              public void changed(Registry.Item item) {
                whenRead(() -> take(item));
              }

              @Override
              public void deleted(String app, String kind, String key) {
                whenRead(() -> drop(app, kind, key));
              }
            });
    for (Registry.Item app : scan(registry, App.NOBODY, App.KIND)) {
      take(app);
      scan(registry, app.key(), ApiKey.KIND).forEach(this::take);
      scan(registry, app.key(), Rules.KIND).forEach(this::take);
    }
    read();
  }

  /** The app of that id; null when there is none. */
  @Nullable App app(String id) {
    return apps.get(id);
  }

  /** The key of that name, {@code app.id}; null when there is none. */
  @Nullable ApiKey key(String name) {
    int dot = name.indexOf('.');
    App app = dot < 0 ? null : apps.get(name.substring(0, dot));
    return app == null ? null : app.keys().get(name.substring(dot + 1));
  }

  /** The rules of a channel, given by its plain name without a qualifier. */
  Rules rules(String app, String channel) {
    App known = apps.get(app);
    return known == null ? Rules.OPEN : known.rules(channel);
  }

  /** How many apps there are. */
  int size() {
    return apps.size();
  }

  /** An app whose records have just been written: it is served before the watcher hears of it. */
  void written(App app) {
    apps.put(app.id(), app);
  }

  /** An app whose records have just been deleted, here or on another node. */
  void removed(String id) {
    apps.remove(id);
    onRemoved.accept(id);
  }

  /** Has somebody told, on any thread, of each app that is deleted from now on. */
  void onRemoved(Consumer<String> told) {
    onRemoved = told;
  }

  @Override
  public void close() {
    subscription.close();
  }

  private static List<Registry.Item> scan(Registry registry, String app, String kind) {
    List<Registry.Item> items = registry.scan(app, kind, "", MAX_RECORDS).join();
    if (items.size() == MAX_RECORDS) {
      throw new IllegalStateException(
          "more than " + MAX_RECORDS + " records of kind " + kind + " in app " + app);
    }
    return items;
  }

  private synchronized void whenRead(Runnable change) {
    if (waiting == null) {
      change.run();
    } else {
      waiting.add(change);
    }
  }

  private synchronized void read() {
    List<Runnable> changes = waiting == null ? List.of() : waiting;
    waiting = null;
    changes.forEach(Runnable::run);
  }

  private void take(Registry.Item item) {
    try {
      switch (item.kind()) {
        case App.KIND -> {
          Terms terms = Terms.read(item.bytes());
          apps.compute(item.key(), (id, app) -> orEmpty(id, app).withTerms(terms));
        }
        case ApiKey.KIND -> {
          ApiKey key = ApiKey.read(item.app(), item.key(), item.bytes());
          apps.compute(item.app(), (id, app) -> orEmpty(id, app).withKey(item.key(), key));
        }
        case Rules.KIND -> {
          Rules rules = Rules.read(item.bytes());
          apps.compute(item.app(), (id, app) -> orEmpty(id, app).withNamespace(item.key(), rules));
        }
        default -> {} // other kinds are others' concern
      }
    } catch (IllegalArgumentException e) {
      // One bad record must not keep the others from being served; what it names does not work.
      // Its bytes may hold a secret, so not even the cause is printed.
      log.error(
          "record {} {} of app {} cannot be read: {}",
          item.kind(),
          item.key(),
          item.app(),
          e.getMessage());
    }
  }

  private void drop(String app, String kind, String key) {
    switch (kind) {
      case App.KIND -> removed(key);
      case ApiKey.KIND -> apps.computeIfPresent(app, (id, known) -> known.withKey(key, null));
      case Rules.KIND -> apps.computeIfPresent(app, (id, known) -> known.withNamespace(key, null));
      default -> {}
    }
  }

  private static App orEmpty(String id, @Nullable App app) {
    return app == null ? App.empty(id) : app;
  }
}

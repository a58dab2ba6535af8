package io.holdfast.client;

import io.holdfast.objects.CounterObject;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.Pool;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Shared objects of a channel as their callers see them. */
final class ChannelObjects implements LiveObjects {
  private static final int NONCE_BYTES = 12;

  private final House house;
  private final LiveChannel channel;

  ChannelObjects(House house, LiveChannel channel) {
    this.house = house;
    this.channel = channel;
  }

  private SharedState state() {
    return channel.attachment().shared();
  }

  @Override
  public void sync() throws InterruptedException {
    Waiting.on(syncing());
  }

  @Override
  public CompletableFuture<Void> syncAsync() {
    return house.outside(syncing());
  }

  private CompletableFuture<Void> syncing() {
    SharedState state = state();
    return channel
        .attaching()
        .thenCompose(
            attached -> {
              if (!channel.modes().contains(ChannelMode.OBJECT_SUBSCRIBE)) {
                throw Fault.NO_OBJECT_MODE.exception();
              }
              return house.onLoop(state::awaitSync);
            });
  }

  @Override
  public ObjectPath root() {
    return new Place(List.of());
  }

  @Override
  public ObjectPath at(String... keys) {
    return new Place(List.of(keys));
  }

  @Override
  public void batch(Consumer<Batch> changes) throws InterruptedException {
    Waiting.on(writing(gathered(changes)));
  }

  @Override
  public CompletableFuture<Void> batchAsync(Consumer<Batch> changes) {
    return house.outside(writing(gathered(changes)));
  }

  private static Consumer<ObjectWishes> gathered(Consumer<Batch> changes) {
    Gathered gathered = new Gathered();
    changes.accept(gathered);
    return wishes -> gathered.all.forEach(each -> each.accept(wishes));
  }

  private static final class Gathered implements Batch {
    private final List<Consumer<ObjectWishes>> all = new ArrayList<>();

    @Override
    public Batch set(ObjectPath map, String key, Object value) {
      all.add(wishes -> wishes.set(map.keys(), key, value));
      return this;
    }

    @Override
    public Batch remove(ObjectPath map, String key) {
      all.add(wishes -> wishes.remove(map.keys(), key));
      return this;
    }

    @Override
    public Batch increment(ObjectPath counter, double amount) {
      all.add(wishes -> wishes.increment(counter.keys(), amount));
      return this;
    }
  }

  /** The changes against what is known once everything is. */
  private CompletableFuture<Void> writing(Consumer<ObjectWishes> changes) {
    SharedState state = state();
    long now = house.options().clock().instant().toEpochMilli();
    return syncing()
        .thenCompose(
            synced ->
                house.onLoop(
                    done ->
                        state.write(
                            pool -> {
                              ObjectWishes wishes = new ObjectWishes(pool, this::nonce, now);
                              changes.accept(wishes);
                              return wishes.operations();
                            },
                            done)));
  }

  private String nonce() {
    byte[] bytes = new byte[NONCE_BYTES];
    house.nonces().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public Feed<ObjectChange> changes() {
    return state().changes();
  }

  /** The keys that lead somewhere. */
  private final class Place implements ObjectPath {
    private final List<String> keys;

    Place(List<String> keys) {
      this.keys = keys;
    }

    @Override
    public List<String> keys() {
      return keys;
    }

    @Override
    public ObjectPath at(String... more) {
      List<String> all = new ArrayList<>(keys);
      Collections.addAll(all, more);
      return new Place(List.copyOf(all));
    }

    private @Nullable SharedObject object() {
      return SharedState.resolve(state().pool(), keys);
    }

    @Override
    public boolean exists() {
      return object() != null || plain() != null;
    }

    @Override
    public @Nullable String objectId() {
      SharedObject object = object();
      return object == null ? null : object.id();
    }

    @Override
    public @Nullable Object value() {
      return object() instanceof CounterObject counter ? (Object) counter.value() : plain();
    }

    /** What is set here, if it is no object. */
    private @Nullable Object plain() {
      if (keys.isEmpty()) {
        return null;
      }
      List<String> parent = keys.subList(0, keys.size() - 1);
      Value value =
          SharedState.resolve(state().pool(), parent) instanceof MapObject map
              ? map.get(keys.get(keys.size() - 1))
              : null;
      return value == null || value instanceof Value.Reference ? null : told(value);
    }

    @Override
    public Set<String> entries() {
      return Collections.unmodifiableSet(new TreeSet<>(map().keySet()));
    }

    @Override
    public @Nullable Object compact() {
      Pool pool = state().pool();
      SharedObject object = SharedState.resolve(pool, keys);
      return object == null ? plain() : compacted(pool, object, new HashSet<>());
    }

    @Override
    public Map<String, @Nullable Object> map() {
      return compact() instanceof Map<?, ?> map && object() instanceof MapObject
          ? Json.map(map)
          : Map.of();
    }

    @Override
    public void set(String key, Object value) throws InterruptedException {
      Waiting.on(writing(wishes -> wishes.set(keys, key, value)));
    }

    @Override
    public CompletableFuture<Void> setAsync(String key, Object value) {
      return house.outside(writing(wishes -> wishes.set(keys, key, value)));
    }

    @Override
    public void remove(String key) throws InterruptedException {
      Waiting.on(writing(wishes -> wishes.remove(keys, key)));
    }

    @Override
    public CompletableFuture<Void> removeAsync(String key) {
      return house.outside(writing(wishes -> wishes.remove(keys, key)));
    }

    @Override
    public void increment(double amount) throws InterruptedException {
      Waiting.on(writing(wishes -> wishes.increment(keys, amount)));
    }

    @Override
    public CompletableFuture<Void> incrementAsync(double amount) {
      return house.outside(writing(wishes -> wishes.increment(keys, amount)));
    }

    @Override
    public Subscription subscribe(Consumer<? super ObjectChange> listener) {
      return state().changes().filtered(new Watch(state(), keys)).listen(listener);
    }

    @Override
    public String toString() {
      return String.join(".", keys);
    }
  }

  /** Whether a change is of a place: of what leads there, of what is there or below it. */
  private static final class Watch implements Predicate<ObjectChange> {
    private final SharedState state;
    private final List<String> keys;

    /** The entries that lead there and what is there, as the last change left them. */
    private List<@Nullable Object> way;

    Watch(SharedState state, List<String> keys) {
      this.state = state;
      this.keys = keys;
      this.way = way(state.pool());
    }

    private List<@Nullable Object> way(Pool pool) {
      List<@Nullable Object> way = new ArrayList<>(keys.size() + 1);
      for (int i = 0; i < keys.size(); i++) {
        way.add(
            SharedState.resolve(pool, keys.subList(0, i)) instanceof MapObject map
                ? map.entries().get(keys.get(i))
                : null);
      }
      SharedObject here = SharedState.resolve(pool, keys);
      way.add(here == null ? null : here.id());
      return way;
    }

    /** Asked on the loop, with the pool as the change left it. */
    @Override
    public boolean test(ObjectChange change) {
      Pool pool = state.pool();
      List<@Nullable Object> before = way;
      way = way(pool);
      SharedObject here = SharedState.resolve(pool, keys);
      return !way.equals(before) || (here != null && leadsTo(pool, here, change.objectIds()));
    }
  }

  private static boolean leadsTo(Pool pool, SharedObject from, Set<String> wanted) {
    Deque<SharedObject> open = new ArrayDeque<>(List.of(from));
    Set<String> seen = new HashSet<>(Set.of(from.id()));
    for (SharedObject at = open.poll(); at != null; at = open.poll()) {
      if (wanted.contains(at.id())) {
        return true;
      }
      if (at instanceof MapObject map) {
        map.entries()
            .forEach(
                (key, entry) -> {
                  if (entry.value() instanceof Value.Reference(String id) && seen.add(id)) {
                    SharedObject next = pool.get(id);
                    if (next != null) {
                      open.add(next);
                    }
                  }
                });
      }
    }
    return false;
  }

  private static Object compacted(Pool pool, SharedObject object, Set<String> within) {
    return switch (object) {
      case CounterObject counter -> (Object) counter.value();
      case MapObject map -> {
        if (!within.add(map.id())) {
          yield Map.of("objectId", map.id());
        }
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        map.entries()
            .forEach(
                (key, entry) -> {
                  Value value = entry.value();
                  if (value instanceof Value.Reference(String id)) {
                    SharedObject next = pool.get(id);
                    if (next != null && !next.head().deleted()) {
                      entries.put(key, compacted(pool, next, within));
                    }
                  } else if (value != null) {
                    entries.put(key, told(value));
                  }
                });
        within.remove(map.id());
        yield entries;
      }
    };
  }

  private static @Nullable Object told(Value value) {
    return switch (value) {
      case Value.Text text -> text.value();
      case Value.Numeric number -> (Object) number.value();
      case Value.Bool bool -> (Object) bool.value();
      case Value.Bytes bytes -> bytes.value().clone();
      case Value.Json json -> Json.parse(json.text());
      case Value.Reference(String id) -> id;
    };
  }
}

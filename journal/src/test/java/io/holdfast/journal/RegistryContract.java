package io.holdfast.journal;

import static io.holdfast.journal.Futures.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.Registry.Item;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every registry must do: the sentences of {@link Registry}. */
public abstract class RegistryContract {
  protected Registry registry;

  /** Opens the same storage each time. */
  protected abstract Registry open();

  protected abstract void close();

  @SuppressWarnings("NullAway.Init")
  protected RegistryContract() {}

  @BeforeEach
  final void openRegistry() {
    registry = open();
  }

  @AfterEach
  final void closeRegistry() {
    close();
  }

  private boolean set(String kind, String key, long expected, @Nullable String value) {
    byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
    return await(registry.compareAndSet("app", kind, key, expected, bytes));
  }

  private List<String> keys(String app, String kind, String prefix, int limit) {
    return await(registry.scan(app, kind, prefix, limit)).stream().map(Item::key).toList();
  }

  @Test
  void itemsAreWrittenOnlyOverTheVersionExpected() {
    assertNull(await(registry.get("app", "kind", "key")));
    assertFalse(set("kind", "key", 1, "no"));
    assertTrue(set("kind", "key", 0, "one"));
    assertFalse(set("kind", "key", 0, "no"));
    assertTrue(set("kind", "key", 1, "two"));
    Item item = assertNotNull2(await(registry.get("app", "kind", "key")));
    assertEquals(2, item.version());
    assertEquals("app/kind/key", item.app() + "/" + item.kind() + "/" + item.key());
    assertArrayEquals("two".getBytes(StandardCharsets.UTF_8), item.bytes());
  }

  private static Item assertNotNull2(@Nullable Item item) {
    assertNotNull(item);
    return item;
  }

  @Test
  void whoHasCaughtUpKnowsWhatWasWritten() {
    List<String> heard = new ArrayList<>();
    var _ =
        registry.follow(
            new Registry.Watcher() {
              @Override
              public void changed(Item item) {
                heard.add(item.key());
              }

              @Override
              public void deleted(String app, String kind, String key) {}
            });
    assertTrue(set("kind", "key", 0, "one"));
    await(registry.catchUp());
    assertEquals(List.of("key"), List.copyOf(heard));
    await(registry.catchUp());
  }

  @Test
  void nullDeletesAndVersionsBeginAgain() {
    assertTrue(set("kind", "key", 0, null));
    assertTrue(set("kind", "key", 0, "one"));
    assertFalse(set("kind", "key", 0, null));
    assertTrue(set("kind", "key", 1, null));
    assertNull(await(registry.get("app", "kind", "key")));
    assertTrue(set("kind", "key", 0, "again"));
    assertEquals(1, assertNotNull2(await(registry.get("app", "kind", "key"))).version());
  }

  @Test
  void oneOfManyRacingWritersWins() {
    List<CompletableFuture<Boolean>> racers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      racers.add(registry.compareAndSet("app", "kind", "key", 0, new byte[] {(byte) i}));
    }
    assertEquals(1, racers.stream().map(Futures::await).filter(won -> won).count());
  }

  @Test
  void scansFindTheKeysOfAKindThatBeginWithThePrefixInOrder() {
    List<String> ordered =
        List.of("", "\0", "a", "a\0", "a/b", "ab", "b", "\ud83d\ude00", "\uffff");
    for (String key : ordered.reversed()) {
      assertTrue(set("kind", key, 0, "v"));
      assertTrue(set("kind\0", key, 0, "v"));
      assertTrue(await(registry.compareAndSet("ap", "pkind", key, 0, new byte[0])));
    }
    assertEquals(ordered, keys("app", "kind", "", 100));
    assertEquals(ordered, keys("app", "kind\0", "", 100));
    assertEquals(List.of("a", "a\0", "a/b", "ab"), keys("app", "kind", "a", 100));
    assertEquals(List.of("a", "a\0"), keys("app", "kind", "a", 2));
    assertEquals(List.of("\uffff"), keys("app", "kind", "\uffff", 2));
    assertEquals(List.of("\ud83d\ude00"), keys("app", "kind", "\ud83d", 2));
    assertEquals(List.of(), keys("app", "kin", "", 2));
    assertEquals(List.of(), keys("", "", "", 2));
  }

  @Test
  void watchersHearOfLaterWritesInOrderBeforeTheyAreAnswered() {
    assertTrue(set("kind", "key", 0, "before"));
    List<String> heard = new ArrayList<>();
    Journal.Subscription subscription =
        registry.follow(
            new Registry.Watcher() {
              @Override
              public void changed(Item item) {
                synchronized (heard) {
                  heard.add(item.key() + item.version());
                }
              }

              @Override
              public void deleted(String app, String kind, String key) {
                synchronized (heard) {
                  heard.add(app + kind + key);
                }
              }
            });
    assertTrue(set("kind", "key", 1, "x"));
    assertFalse(set("kind", "key", 1, "no"));
    assertTrue(set("kind", "other", 0, "x"));
    assertTrue(set("kind", "key", 2, null));
    subscription.close();
    assertTrue(set("kind", "key", 0, "unheard"));
    synchronized (heard) {
      assertEquals(List.of("key2", "other1", "appkindkey"), heard);
    }
  }

  @Test
  void reopeningKeepsEverything() {
    assertTrue(set("kind", "key", 0, "one"));
    assertTrue(set("kind", "key", 1, "two"));
    close();
    registry = open();
    assertEquals(2, assertNotNull2(await(registry.get("app", "kind", "key"))).version());
    assertEquals(List.of("key"), keys("app", "kind", "", 10));
  }
}

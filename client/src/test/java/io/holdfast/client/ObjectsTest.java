package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Shared objects through two clients and a real server. */
class ObjectsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private static Path folder;
  private static @Nullable ServerProcess process;

  @BeforeAll
  static void start() {
    process = ServerProcess.inMemory(folder);
  }

  @AfterAll
  static void stop() {
    server().close();
  }

  private static ServerProcess server() {
    return Objects.requireNonNull(process);
  }

  private static Channel board(RealtimeClient client, String name) {
    return client.channel(
        name,
        ChannelOptions.DEFAULT.modes(
            ChannelMode.OBJECT_SUBSCRIBE, ChannelMode.OBJECT_PUBLISH, ChannelMode.SUBSCRIBE));
  }

  private static RealtimeClient client(Way way) {
    return RealtimeClient.create(way.of(server().options()).build());
  }

  /** Waits until the objects of a channel are as wanted. */
  private static void await(LiveObjects objects, Inbox<ObjectChange> changes, Object wanted)
      throws InterruptedException {
    while (!wanted.equals(objects.root().compact())) {
      assertTrue(
          changes.poll(PATIENCE).isPresent(),
          () -> objects.root().compact() + " rather than " + wanted);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatOneSetsTheOtherSees(Way way) throws Exception {
    try (RealtimeClient one = client(way);
        RealtimeClient other = client(way)) {
      LiveObjects mine = board(one, "board-" + way).objects();
      LiveObjects theirs = board(other, "board-" + way).objects();
      theirs.sync();
      Inbox<ObjectChange> changes = theirs.changes().open();
      mine.root().set("title", "plan");
      assertEquals("plan", mine.at("title").value());
      mine.root().set("done", true);
      mine.root().set("raw", new byte[] {1, 2});
      mine.root().set("tags", List.of("a", Map.of("b", 1)));
      mine.root()
          .set(
              "votes",
              NewObject.map(Map.of("yes", NewObject.counter(2), "no", NewObject.counter(0))));
      mine.at("votes", "yes").increment(3);
      mine.at("votes", "no").increment(-1);
      assertEquals(5.0, mine.at("votes", "yes").value());
      while (!Double.valueOf(-1).equals(theirs.at("votes", "no").value())) {
        assertTrue(changes.poll(PATIENCE).isPresent(), "no more changes");
      }
      assertEquals(Map.of("yes", 5.0, "no", -1.0), theirs.at("votes").compact());
      assertEquals(Set.of("title", "done", "raw", "tags", "votes"), theirs.root().entries());
      assertEquals(List.of("a", Map.of("b", 1L)), theirs.at("tags").value());
      assertArrayEquals(new byte[] {1, 2}, (byte[]) theirs.at("raw").value());
      mine.root().remove("title");
      assertFalse(mine.at("title").exists());
      while (theirs.at("title").exists()) {
        assertTrue(changes.poll(PATIENCE).isPresent(), "no more changes");
      }
      try (RealtimeClient late = client(way)) {
        LiveObjects whole = board(late, "board-" + way).objects();
        whole.sync();
        assertEquals(Map.of("yes", 5.0, "no", -1.0), whole.at("votes").compact());
      }
    }
  }

  @Test
  void aBatchIsOneChange() throws Exception {
    try (RealtimeClient one = client(Way.WEB_SOCKET_MSGPACK);
        RealtimeClient other = client(Way.WEB_SOCKET_JSON)) {
      LiveObjects mine = board(one, "batch").objects();
      LiveObjects theirs = board(other, "batch").objects();
      theirs.sync();
      mine.root().set("count", NewObject.counter(0));
      Inbox<ObjectChange> changes = theirs.changes().open();
      await(theirs, changes, Map.of("count", 0.0));
      mine.batch(
          batch ->
              batch
                  .set(mine.root(), "a", 1)
                  .set(mine.root(), "b", 2)
                  .increment(mine.at("count"), 7));
      ObjectChange change = changes.poll(PATIENCE).orElseThrow();
      assertEquals(2, change.objectIds().size());
      assertEquals(Map.of("a", 1.0, "b", 2.0, "count", 7.0), theirs.root().compact());
    }
  }

  @Test
  void aSubscriptionHearsOfItsPlaceAndBelow() throws Exception {
    try (RealtimeClient one = client(Way.WEB_SOCKET_MSGPACK)) {
      LiveObjects objects = board(one, "places").objects();
      objects.sync();
      objects.root().set("a", NewObject.map(Map.of("n", NewObject.counter(0))));
      objects.root().set("b", NewObject.map(Map.of("n", NewObject.counter(0))));
      CompletableFuture<ObjectChange> heard = new CompletableFuture<>();
      List<ObjectChange> all = new ArrayList<>();
      Subscription other = objects.at("a").subscribe(all::add);
      CompletableFuture<ObjectChange> replaced = new CompletableFuture<>();
      objects.at("c", "d").subscribe(replaced::complete);
      objects.root().set("sibling", 1); // of a and c, and no concern of theirs
      objects.at("b").subscribe(heard::complete);
      objects.at("b", "n").increment(1);
      String id = Objects.requireNonNull(objects.at("b", "n").objectId());
      assertEquals(Set.of(id), heard.get(20, TimeUnit.SECONDS).objectIds());
      other.close();
      assertEquals(List.of(), all);
      assertFalse(replaced.isDone());
      objects.root().set("c", NewObject.map(Map.of("d", "here now")));
      assertTrue(replaced.get(20, TimeUnit.SECONDS).objectIds().contains("root"));
    }
  }

  @Test
  void incrementsOfManyThroughCutsAddUp() throws Exception {
    try (Cutter cutter = new Cutter(server().port());
        RealtimeClient one =
            RealtimeClient.create(
                server()
                    .options()
                    .port(cutter.port())
                    .retry(Duration.ofMillis(20), Duration.ofMillis(200))
                    .build());
        RealtimeClient other = client(Way.WEB_SOCKET_JSON)) {
      LiveObjects mine = board(one, "sums").objects();
      mine.root().set("n", NewObject.counter(0));
      LiveObjects theirs = board(other, "sums").objects();
      theirs.sync();
      List<CompletableFuture<Void>> sent = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        sent.add(mine.at("n").incrementAsync(1));
        sent.add(theirs.at("n").incrementAsync(1));
        if (i % 30 == 10) {
          cutter.cut();
          sent.get(sent.size() - 2).get(20, TimeUnit.SECONDS);
        }
      }
      for (CompletableFuture<Void> each : sent) {
        each.get(20, TimeUnit.SECONDS);
      }
      for (LiveObjects objects : List.of(mine, theirs)) {
        try (Inbox<ObjectChange> changes = objects.changes().open()) {
          await(objects, changes, Map.of("n", 200.0));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void moreThanAServerTakesIsRefusedAndTheConnectionStays(Way way) throws Exception {
    try (RealtimeClient one = client(way)) {
      LiveObjects objects = board(one, "large-" + way).objects();
      objects.sync();
      HoldfastException refused =
          assertThrows(HoldfastException.class, () -> objects.root().set("k", "x".repeat(9 << 20)));
      assertEquals(40009, refused.code());
      objects.root().set("k", "small");
      assertEquals("small", objects.at("k").value());
      assertEquals(ConnectionState.CONNECTED, one.connection().state());
    }
  }

  @Test
  void whatCannotBeIsRefused() throws Exception {
    try (RealtimeClient one = client(Way.WEB_SOCKET_MSGPACK)) {
      LiveObjects objects = board(one, "refused").objects();
      objects.root().set("text", "x");
      assertEquals(92005, code(() -> objects.at("nowhere").set("k", 1)));
      assertEquals(92005, code(() -> objects.at("text").increment(1)));
      assertEquals(92007, code(() -> objects.root().increment(1)));
      assertEquals(40013, code(() -> objects.root().set("k", new Object())));
      assertEquals(40024, code(() -> one.channel("no-objects").objects().sync()));
      assertNull(objects.at("nowhere").compact());
    }
  }

  private static int code(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(HoldfastException.class, call).code();
  }
}

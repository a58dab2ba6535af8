package io.holdfast.keepers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.channels.ChannelSettings;
import io.holdfast.channels.Channels;
import io.holdfast.channels.HistoryQuery;
import io.holdfast.channels.Lane;
import io.holdfast.channels.Submission;
import io.holdfast.channels.World;
import io.holdfast.fold.Origin;
import io.holdfast.fold.Owner;
import io.holdfast.fold.Part;
import io.holdfast.fold.Publisher;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.MemoryDisk;
import io.holdfast.journal.MemoryJournal;
import io.holdfast.journal.StoredEntry;
import io.holdfast.nodes.Nodes;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class KeepersTest {
  private static final long HORIZON = 60_000;
  private static final ChannelId ROOM = new ChannelId("app", "room");
  private final World world = new World();
  private final MemoryDisk disk = new MemoryDisk();
  private MemoryJournal journal = new MemoryJournal(disk, world::now, world.thread());
  private Channels channels = channels();
  private Keepers keepers = keepers(0);
  private int number;

  private Channels channels() {
    return new Channels(
        journal,
        List.of(new Lane(world.thread())),
        world,
        ChannelSettings.DEFAULT.withResumeHorizon(HORIZON),
        "boot");
  }

  private Keepers keepers(long retention) {
    return new Keepers(
        channels,
        journal,
        Nodes.alone("boot"),
        world,
        world.thread(),
        HORIZON,
        channel -> retention,
        channel -> 0);
  }

  private void restart(long retention) {
    journal.crash();
    world.die();
    journal = new MemoryJournal(disk, world::now, world.thread());
    channels = channels();
    keepers = keepers(retention);
    keepers.start();
  }

  private void publish(ChannelId channel, String text) {
    Message message =
        new Message(
            MessageAction.CREATE,
            null,
            null,
            Data.text(text),
            null,
            null,
            "p",
            null,
            0,
            null,
            null,
            null);
    Origin origin = new Origin(new Publisher("p", 0), number++, null);
    Part part = new Part.Publish(origin, List.of(message));
    channels.submit(channel, new Submission(part, 1, 0, false, verdict -> {}));
    world.run();
  }

  private <T> T await(CompletableFuture<T> future) {
    world.run();
    assertTrue(future.isDone());
    return future.join();
  }

  private List<StoredEntry> entries(ChannelId channel) {
    return await(journal.read(channel, 0, Direction.FORWARDS, 10_000, Integer.MAX_VALUE));
  }

  private List<String> texts() {
    HistoryQuery all = new HistoryQuery(0, Long.MAX_VALUE, 1_000, Direction.FORWARDS, null, null);
    return await(channels.history(ROOM, all)).items().stream()
        .map(m -> Objects.requireNonNull(m.data()).asText())
        .toList();
  }

  @Test
  void aLogIsShortenedOnceItsEntriesArePastTheHorizonAndNotBefore() {
    keepers.start();
    for (int i = 0; i < 20; i++) {
      publish(ROOM, "old" + i);
    }
    world.pass(HORIZON / 2);
    publish(ROOM, "younger");
    assertEquals(21, entries(ROOM).size());
    world.pass(HORIZON - 1_000);
    assertTrue(entries(ROOM).size() >= 1);
    assertTrue(entries(ROOM).getLast().position() >= 21);
    world.pass(3 * HORIZON);
    assertEquals(1, entries(ROOM).size());
    assertEquals(21, texts().size());
  }

  @Test
  void entriesWithinTheHorizonStayWhateverTheLoad() {
    keepers.start();
    for (int i = 0; i < 100; i++) {
      publish(ROOM, "m" + i);
      world.pass(2_000);
      List<StoredEntry> kept = entries(ROOM);
      long young = kept.stream().filter(e -> e.time() > world.now() - HORIZON).count();
      assertEquals(Math.min(i + 1, (HORIZON - 1) / 2_000), young);
      assertTrue(kept.size() < 100);
    }
  }

  @Test
  void channelsThatNobodyHasOpenedSinceTheStartAreShortenedToo() {
    for (int c = 0; c < 250; c++) {
      for (int i = 0; i < 3; i++) {
        publish(new ChannelId("app", "c" + c), "m");
      }
    }
    restart(0);
    world.pass(30 * HORIZON);
    for (int c = 0; c < 250; c++) {
      assertEquals(1, entries(new ChannelId("app", "c" + c)).size());
    }
  }

  @Test
  void idleChannelsLeaveMemory() {
    keepers.start();
    publish(ROOM, "x");
    assertEquals(List.of(ROOM), channels.open());
    world.pass(3 * HORIZON);
    assertEquals(List.of(), channels.open());
  }

  @Test
  void aChannelWithNothingToDoIsNotOpenedAgainAndAgain() {
    publish(ROOM, "a");
    publish(ROOM, "b");
    restart(0);
    world.pass(10 * HORIZON);
    Set<ChannelId> seen = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      world.pass(1_000);
      seen.addAll(channels.open());
    }
    assertEquals(Set.of(), seen);
    assertEquals(List.of("a", "b"), texts());
  }

  @Test
  void messagesPastTheirRetentionGoAndYoungerOnesStay() {
    long retention = 10 * HORIZON;
    keepers = keepers(retention);
    keepers.start();
    publish(ROOM, "old");
    world.pass(retention - 5_000);
    publish(ROOM, "young");
    world.pass(3 * HORIZON);
    assertEquals(List.of("young"), texts());
  }

  @Test
  void withoutARetentionMessagesStayForEver() {
    keepers.start();
    publish(ROOM, "old");
    world.pass(1_000 * HORIZON);
    assertEquals(List.of("old"), texts());
  }

  @Test
  void aChannelPastItsRetentionGoesWhole() {
    restart(10 * HORIZON);
    publish(ROOM, "old");
    world.pass(30 * HORIZON);
    assertEquals(List.of(), await(journal.channels(null, 10)));
  }

  /** The journal as one that other nodes work on too. */
  private Journal shared() {
    InvocationHandler handler =
        (proxy, method, arguments) ->
            method.getName().equals("shared") ? (Object) true : method.invoke(journal, arguments);
    return (Journal)
        Proxy.newProxyInstance(
            Journal.class.getClassLoader(), new Class<?>[] {Journal.class}, handler);
  }

  private void restartShared(long retention) {
    Journal many = shared();
    channels =
        new Channels(
            many,
            List.of(new Lane(world.thread())),
            world,
            ChannelSettings.DEFAULT.withResumeHorizon(HORIZON),
            "boot");
    new Keepers(
            channels,
            many,
            Nodes.alone("boot"),
            world,
            world.thread(),
            HORIZON,
            channel -> retention,
            channel -> 0)
        .start();
  }

  @Test
  void aChannelIsNotKeptByTheEntriesThatSayThatItsMessagesHaveExpired() {
    restartShared(10 * HORIZON);
    publish(ROOM, "old");
    world.pass(2 * HORIZON);
    publish(ROOM, "younger");
    world.pass(9 * HORIZON);
    assertEquals(List.of("younger"), texts());
    world.pass(3 * HORIZON);
    assertEquals(List.of(), await(journal.channels(null, 10)));
  }

  @Test
  void aChannelOfWhichSomeHasExpiredIsNotOpenedAgainAndAgain() {
    restartShared(100 * HORIZON);
    publish(ROOM, "old");
    world.pass(50 * HORIZON);
    publish(ROOM, "younger");
    world.pass(60 * HORIZON);
    int open = 0;
    for (int i = 0; i < 20; i++) {
      world.pass(HORIZON);
      open += channels.open().isEmpty() ? 0 : 1;
    }
    assertEquals(0, open);
    assertEquals(List.of("younger"), texts());
  }

  @Test
  void aChannelThatHasOnlyHadMembersGoesWholeToo() {
    restart(10 * HORIZON);
    for (PresenceAction action : List.of(PresenceAction.ENTER, PresenceAction.LEAVE)) {
      PresenceMessage message = new PresenceMessage(action, null, "ann", "p", null, null, null, 0);
      Origin origin = new Origin(new Publisher("p", 0), number++, null);
      Part part = new Part.Presence(origin, new Owner("boot", 1), List.of(message));
      channels.submit(ROOM, new Submission(part, 1, 0, false, verdict -> {}));
    }
    world.pass(30 * HORIZON);
    assertEquals(List.of(), await(journal.channels(null, 10)));
  }

  @Test
  void aKeeperThatIsStoppedDoesNothingMore() {
    keepers.start();
    publish(ROOM, "a");
    publish(ROOM, "b");
    keepers.stop();
    world.pass(10 * HORIZON);
    assertEquals(2, entries(ROOM).size());
  }

  /** The journal, but for the next read of a channel, which fails; says when by {@code failed}. */
  private Journal failingOnce(ChannelId channel, List<Long> failed) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.getName().equals("read") && arguments[0].equals(channel) && failed.isEmpty()) {
            failed.add(world.now());
            return CompletableFuture.failedFuture(
                new JournalException(JournalException.Reason.BUSY, "once"));
          }
          return method.invoke(journal, arguments);
        };
    return (Journal)
        Proxy.newProxyInstance(
            Journal.class.getClassLoader(), new Class<?>[] {Journal.class}, handler);
  }

  @Test
  void aReadThatFailsIsTriedAgainAtTheNextBeat() {
    // so many that the walk does not come by
    for (int c = 0; c < 3_000; c++) {
      var _ = journal.append(new ChannelId("app", "c" + c), new byte[1], "c" + c);
    }
    List<Long> failed = new ArrayList<>();
    keepers =
        new Keepers(
            channels,
            failingOnce(ROOM, failed),
            Nodes.alone("boot"),
            world,
            world.thread(),
            HORIZON,
            channel -> 0,
            channel -> 0);
    keepers.start();
    for (int i = 0; i < 5; i++) {
      publish(ROOM, "m");
    }
    while (failed.isEmpty()) {
      world.pass(1_000);
    }
    assertEquals(5, entries(ROOM).size());
    world.pass(45_000);
    assertEquals(1, entries(ROOM).size());
  }

  @Test
  void aBeatThatFailsIsNotTheLast() {
    List<ChannelId> asked = new ArrayList<>();
    keepers =
        new Keepers(
            channels,
            journal,
            Nodes.alone("boot"),
            world,
            world.thread(),
            HORIZON,
            channel -> {
              asked.add(channel);
              if (asked.size() == 1) {
                throw new IllegalStateException("once");
              }
              return 0;
            },
            channel -> 0);
    publish(ROOM, "a");
    publish(ROOM, "b");
    keepers.start();
    world.pass(3 * HORIZON);
    assertEquals(1, entries(ROOM).size());
  }
}

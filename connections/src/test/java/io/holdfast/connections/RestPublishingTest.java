package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.channels.ChannelSettings;
import io.holdfast.journal.ChannelId;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RestPublishingTest {
  private final Lobby lobby = new Lobby();
  private int named;
  private final RestPublishing rest = new RestPublishing(lobby.connections, () -> "rest" + named++);

  private static Message message(@Nullable String id, @Nullable String connectionKey) {
    return new Message(
        MessageAction.CREATE,
        id,
        null,
        Data.text("x"),
        null,
        null,
        null,
        connectionKey,
        0,
        null,
        null,
        null);
  }

  private RestPublishing.Outcome publish(Access access, Message... messages) {
    var future = rest.publish(access, "room", List.of(messages), Map.of());
    lobby.world.run();
    assertTrue(future.isDone());
    return future.join();
  }

  private RestPublishing.Outcome.Done done(RestPublishing.Outcome outcome) {
    return assertInstanceOf(RestPublishing.Outcome.Done.class, outcome);
  }

  private static int refused(RestPublishing.Outcome outcome) {
    return assertInstanceOf(RestPublishing.Outcome.Refused.class, outcome).error().code();
  }

  @Test
  void allMessagesOfABatchAreOfOneConnection() {
    assertEquals(
        40006, refused(publish(Pass.named("me"), message(null, null), message(null, "garbage"))));
  }

  @Test
  void aPublishIsToldItsIdAndSerials() {
    Client reader = lobby.client().connect().attach("room");
    RestPublishing.Outcome.Done done = done(publish(Pass.named("me"), message(null, null)));
    assertEquals("rest0", done.messageId());
    Message got = reader.last(Frame.Messages.class).messages().getFirst();
    assertEquals(got.serial(), done.serials().getFirst());
    assertEquals("me", got.clientId());
  }

  @Test
  void theSameIdsAreOnePublish() {
    RestPublishing.Outcome.Done first = done(publish(Pass.KEY, message("id", null)));
    RestPublishing.Outcome.Done again = done(publish(Pass.KEY, message("id", null)));
    assertEquals("id", first.messageId());
    assertEquals(first, again);
    lobby.restart();
    RestPublishing after = new RestPublishing(lobby.connections, () -> "other");
    var future = after.publish(Pass.KEY, "room", List.of(message("id", null)), Map.of());
    lobby.world.run();
    assertEquals(first, future.join());
  }

  private RestPublishing.Outcome annotate(String target, String... ids) {
    List<Annotation> annotations = new ArrayList<>();
    for (String id : ids) {
      annotations.add(
          new Annotation(
              AnnotationAction.CREATE,
              id,
              "me",
              null,
              "a",
              0,
              null,
              null,
              0,
              null,
              target,
              "n:multiple.v1",
              null));
    }
    var future = rest.annotate(Pass.KEY, "room", annotations);
    lobby.world.run();
    return future.join();
  }

  @Test
  void annotationsWithTheSameIdsAreGivenOnce() {
    Client reader = lobby.client().connect();
    reader.send(new Frame.Attach("room", null, Flags.ANNOTATION_SUBSCRIBE, Map.of()));
    String one = serial(done(publish(Pass.KEY, message("id", null))));
    String other = serial(done(publish(Pass.KEY, message("id2", null))));
    String first = serial(done(annotate(one, "id")));
    assertEquals(first, serial(done(annotate(one, "id"))));
    assertEquals(1, reader.all(Frame.Annotations.class).size());
    assertNotEquals(first, serial(done(annotate(other, "id"))));
    String both = serial(done(annotate(one, "a:0", "a:1")));
    assertEquals(both, serial(done(annotate(one, "a:0", "a:1"))));
    assertNotEquals(both, serial(done(annotate(one, "a:0"))));
    assertEquals(4, reader.all(Frame.Annotations.class).size());
    // these name no whole, so they are new ones
    annotate(one, "x", "y");
    annotate(one, "x", "y");
    assertEquals(6, reader.all(Frame.Annotations.class).size());
    assertEquals(
        "id", reader.all(Frame.Annotations.class).getFirst().annotations().getFirst().id());
  }

  private static String serial(RestPublishing.Outcome.Done done) {
    return Objects.requireNonNull(done.serials().getFirst());
  }

  @Test
  void onBehalfOfAConnectionItIsThatConnections() {
    Client client = lobby.client().connect().attach("room");
    done(publish(Pass.KEY, message(null, client.key())));
    Frame.Messages frame = client.last(Frame.Messages.class);
    assertEquals(client.id(), frame.connectionId());
    assertEquals("me", frame.messages().getFirst().clientId());
  }

  @Test
  void aKeyOfNoConnectionHereIsRefused() {
    assertEquals(40006, refused(publish(Pass.KEY, message(null, "garbage"))));
    Client client = lobby.client().connect();
    client.send(new Frame.Close());
    assertEquals(40006, refused(publish(Pass.KEY, message(null, client.key()))));
  }

  @Test
  void whatIsWrongIsRefused() {
    assertEquals(40000, refused(publish(Pass.KEY)));
    assertEquals(40160, refused(publish(Pass.allowing("me"), message(null, null))));
  }

  @Test
  void aMessageIsChangedByItsSerial() {
    String serial =
        Objects.requireNonNull(
            done(publish(Pass.named("me"), message(null, null))).serials().getFirst());
    Client reader = lobby.client().connect().attach("room");
    Message append = Client.message(MessageAction.APPEND, serial, null, "y");
    var future = rest.change(Pass.named("me"), "room", append);
    lobby.world.run();
    String version =
        Objects.requireNonNull(
            assertInstanceOf(RestPublishing.Outcome.Done.class, future.join())
                .serials()
                .getFirst());
    assertTrue(version.compareTo(serial) > 0);
    assertEquals(List.of("UPDATE xy"), reader.heard());
    var denied = rest.change(Pass.allowing("you", Permission.PUBLISH), "room", append);
    lobby.world.run();
    assertEquals(40160, refused(denied.join()));
  }

  @Test
  void nothingIsAnsweredBeforeTheJournalHasIt() {
    lobby.journal.holdCommits(true);
    var future = rest.publish(Pass.KEY, "room", List.of(message(null, null)), Map.of());
    lobby.world.run();
    assertTrue(!future.isDone());
    lobby.journal.holdCommits(false);
    lobby.world.run();
    done(future.join());
  }

  private static Message large() {
    return Client.message(MessageAction.CREATE, null, null, "x".repeat(60_000));
  }

  /** Publishes while nothing is committed; the outcomes that are there at once. */
  private List<CompletableFuture<RestPublishing.Outcome>> stalled(
      RestPublishing rest, Lobby lobby, int publishes, int channels) {
    lobby.journal.holdCommits(true);
    List<CompletableFuture<RestPublishing.Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < publishes; i++) {
      outcomes.add(rest.publish(Pass.KEY, "room" + i % channels, List.of(large()), Map.of()));
      lobby.world.run();
    }
    return outcomes;
  }

  @Test
  void aChannelWhoseJournalStallsTakesNoMoreThanItsBound() {
    var outcomes = stalled(rest, lobby, 1_000, 1);
    long refused = outcomes.stream().filter(CompletableFuture::isDone).count();
    var busy = outcomes.getLast();
    assertTrue(busy.isDone());
    assertEquals(50004, refused(busy.join()));
    ChannelId room = new ChannelId("app", "room0");
    var load = lobby.channels.load(room);
    lobby.world.run();
    long pending = Objects.requireNonNull(load.join()).pendingBytes();
    long bound = ChannelSettings.DEFAULT.unackedBytes();
    assertTrue(pending > bound / 2 && pending <= bound + 64 * 1024, pending + " of " + bound);
    assertTrue(refused > 800, refused + " refused");

    lobby.journal.holdCommits(false);
    lobby.world.run();
    done(outcomes.getFirst().join());
    var later = rest.publish(Pass.KEY, "room0", List.of(large()), Map.of());
    lobby.world.run();
    done(later.join());
  }

  @Test
  void whatRestHasWaitingCountsForTheNode() {
    ConnectionSettings d = ConnectionSettings.DEFAULT;
    Lobby small =
        new Lobby(
            new ConnectionSettings(
                d.maxMessageSize(),
                d.maxFrameSize(),
                d.stateTtl(),
                d.maxIdle(),
                d.maxUnackedFrames(),
                d.maxUnackedBytes(),
                300_000,
                d.ackTimeout(),
                d.maxChannels(),
                d.messageRate(),
                d.channelMessageRate(),
                d.serverId()));
    RestPublishing door = new RestPublishing(small.connections, () -> "rest" + named++);
    var outcomes = stalled(door, small, 20, 20);
    assertTrue(outcomes.getLast().isDone());
    assertEquals(50004, refused(outcomes.getLast().join()));
    assertEquals(15, outcomes.stream().filter(CompletableFuture::isDone).count());
    small.journal.holdCommits(false);
    small.world.run();
    assertEquals(0, small.connections.node().unacked().get());
    var later = door.publish(Pass.KEY, "room", List.of(large()), Map.of());
    small.world.run();
    done(later.join());
  }
}

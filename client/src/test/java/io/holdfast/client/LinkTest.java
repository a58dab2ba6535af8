package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The life of a connection, against a server worked by hand and a clock that stands. */
class LinkTest {
  private final FakeServer server = new FakeServer();
  private final World world = server.world;

  private static Message text(String text) {
    return Message.of("n", text);
  }

  private List<ConnectionState> states(RealtimeClient client) {
    List<ConnectionState> states = new ArrayList<>();
    client.connection().changes().listen(change -> states.add(change.current()));
    return states;
  }

  @Test
  void itConnectsWithItsCredentialsAndParameters() {
    RealtimeClient client =
        server.client(server.options().echo(false).transportParam("appendRollupWindow", "0"));
    Map<String, String> params = server.line().target.params();
    assertEquals("6", params.get("v"));
    assertEquals("msgpack", params.get("format"));
    assertEquals(FakeServer.KEY, params.get("key"));
    assertEquals("me", params.get("clientId"));
    assertEquals("false", params.get("echo"));
    assertEquals("0", params.get("appendRollupWindow"));
    assertEquals(ConnectionState.CONNECTING, client.connection().state());
    server.line().greet("c1", "c1!1");
    assertEquals(ConnectionState.CONNECTED, client.connection().state());
    assertEquals("c1", client.connection().id());
  }

  @Test
  void aLostConnectionIsResumedAtOnceWithItsKey() {
    RealtimeClient client = server.connected();
    List<ConnectionState> states = states(client);
    world.pass(Duration.ofSeconds(5));
    server.line().cut();
    world.pass(Duration.ZERO);
    assertEquals(2, server.lines.size());
    assertEquals("c1!1", server.line().target.params().get("resume"));
    server.line().greet("c1", "c1!2");
    assertEquals(
        List.of(
            ConnectionState.DISCONNECTED, ConnectionState.CONNECTING, ConnectionState.CONNECTED),
        states);
  }

  @Test
  void whatWasNotAcknowledgedIsSentAgainUnderItsNumberBeforeTheAttach() {
    RealtimeClient client = server.connected();
    Channel channel = server.attached(client, "a", "s0");
    CompletableFuture<PublishResult> one = channel.publishAsync(text("1"));
    CompletableFuture<PublishResult> two = channel.publishAsync(text("2"));
    world.settle();
    server.line().ack(0, 1, "s1");
    assertEquals("s1", one.join().serial());
    server.line().cut();
    CompletableFuture<PublishResult> three = channel.publishAsync(text("3"));
    world.pass(Duration.ofSeconds(1));
    server.line().greet("c1", "c1!2");
    List<Frame> sent = server.line().sent;
    assertEquals(1, ((Frame.Messages) sent.get(0)).msgSerial());
    assertEquals(2, ((Frame.Messages) sent.get(1)).msgSerial());
    assertEquals("s0", ((Frame.Attach) sent.get(2)).channelSerial());
    assertFalse(two.isDone());
    server.line().ack(1, 2, "s2", "s3");
    assertEquals("s2", two.join().serial());
    assertEquals("s3", three.join().serial());
  }

  @Test
  void onANewConnectionWhatIsSafeIsSentAgainAndAppendsFail() {
    RealtimeClient client = server.connected();
    Channel channel = server.attached(client, "a", "s0");
    CompletableFuture<PublishResult> publish = channel.publishAsync(text("1"));
    Message token = Message.builder().serial("s0").data("x").build();
    CompletableFuture<UpdateResult> append = channel.appendAsync(token, Operation.NONE);
    CompletableFuture<UpdateResult> update = channel.updateAsync(token, Operation.NONE);
    world.settle();
    String id = server.line().sent(Frame.Messages.class).get(0).messages().get(0).id();
    server.line().cut();
    CompletableFuture<UpdateResult> unsent = channel.appendAsync(token, Operation.NONE);
    world.pass(Duration.ofSeconds(1));
    server.line().greetAnew("c2", "c2!1");
    List<Frame.Messages> sent = server.line().sent(Frame.Messages.class);
    assertEquals(List.of(0L, 1L, 2L), sent.stream().map(Frame.Messages::msgSerial).toList());
    assertEquals(id, sent.get(0).messages().get(0).id());
    assertNotNull(id);
    assertEquals(80018, FakeServer.code(append));
    server.line().ack(0, 3, "s1", "v1", "v2");
    assertEquals("s1", publish.join().serial());
    assertEquals("v1", update.join().versionSerial());
    assertEquals("v2", unsent.join().versionSerial());
  }

  @Test
  void anAcknowledgementOfSeveralFramesGivesEachItsSerials() {
    Channel channel = server.attached(server.connected(), "a", "s0");
    List<CompletableFuture<PublishResult>> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(channel.publishAsync(text("" + i)));
    }
    world.settle();
    server.line().ack(0, 2, "s1", "s2");
    server.line().tell(new Frame.Nack(2, 1, new ErrorInfo(40160, 401, "not allowed", null)));
    assertEquals("s1", all.get(0).join().serial());
    assertEquals("s2", all.get(1).join().serial());
    assertEquals(40160, FakeServer.code(all.get(2)));
    assertFalse(all.get(3).isDone());
  }

  @Test
  void attemptsComeLessAndLessOftenWithJitter() {
    server.client(server.options().retry(Duration.ofMillis(100), Duration.ofSeconds(2)));
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int before = server.lines.size();
      server.line().lose(Transport.Loss.Kind.UNREACHABLE);
      long waited = 0;
      while (server.lines.size() == before) {
        world.pass(Duration.ofMillis(1));
        waited++;
      }
      waits.add(waited);
    }
    long ceiling = 100;
    for (long wait : waits) {
      assertTrue(wait >= ceiling * 0.79 && wait <= ceiling + 1, waits.toString());
      ceiling = Math.min(2000, ceiling * 2);
    }
  }

  @Test
  void afterTwoMinutesItIsSuspendedAndWhatWaitsFails() {
    RealtimeClient client = server.connected();
    Channel channel = server.attached(client, "a", "s0");
    CompletableFuture<PublishResult> sent = channel.publishAsync(text("1"));
    world.pass(Duration.ofSeconds(2));
    server.line().cut();
    for (int i = 0; i < 200 && client.connection().state() != ConnectionState.SUSPENDED; i++) {
      world.pass(Duration.ofSeconds(1));
      if (!server.line().closed) {
        server.line().lose(Transport.Loss.Kind.UNREACHABLE);
      }
    }
    assertEquals(ConnectionState.SUSPENDED, client.connection().state());
    assertEquals(80002, FakeServer.code(sent));
    assertEquals(ChannelState.SUSPENDED, channel.state());
    CompletableFuture<PublishResult> late = channel.publishAsync(text("2"));
    world.settle();
    assertEquals(80002, FakeServer.code(late));
    int before = server.lines.size();
    world.pass(Duration.ofSeconds(31));
    assertEquals(before + 1, server.lines.size());
    assertEquals("c1!1", server.line().target.params().get("resume"));
    server.line().greet("c1", "c1!9");
    assertEquals("s0", server.line().sent(Frame.Attach.class).get(0).channelSerial());
  }

  @Test
  void aServerThatSaysNothingIsGivenUp() {
    RealtimeClient client = server.connected();
    world.pass(Duration.ofSeconds(20));
    server.line().tell(new Frame.Heartbeat(null));
    world.pass(Duration.ofSeconds(24));
    assertEquals(1, server.lines.size());
    world.pass(Duration.ofSeconds(2));
    assertEquals(2, server.lines.size());
    assertTrue(server.lines.get(0).closed);
    assertEquals(ConnectionState.CONNECTING, client.connection().state());
  }

  @Test
  void anErrorOfTheConnectionFailsItAndEverythingOnIt() {
    RealtimeClient client = server.connected();
    Channel channel = server.attached(client, "a", "s0");
    CompletableFuture<PublishResult> sent = channel.publishAsync(text("1"));
    world.settle();
    server
        .line()
        .tell(new Frame.ProtocolError(null, new ErrorInfo(40400, 404, "no such app", null)));
    assertEquals(ConnectionState.FAILED, client.connection().state());
    assertEquals(ChannelState.FAILED, channel.state());
    assertEquals(40400, FakeServer.code(sent));
    assertNull(client.connection().id());
    world.pass(Duration.ofMinutes(5));
    assertEquals(1, server.lines.size());
  }

  @Test
  void moreThanTheQueueHoldsIsRefusedAndRoomIsMadeByAcknowledgements() {
    RealtimeClient client = server.client(server.options().queue(3, 1 << 20));
    Channel channel = client.channel("a");
    List<CompletableFuture<PublishResult>> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(channel.publishAsync(text("" + i)));
    }
    world.settle();
    assertEquals(90006, FakeServer.code(all.get(3)));
    server.line().greet("c1", "c1!1");
    assertEquals(3, server.line().sent(Frame.Messages.class).size());
    server.line().ack(0, 3, "s1", "s2", "s3");
    CompletableFuture<PublishResult> more = channel.publishAsync(text("4"));
    world.settle();
    assertFalse(more.isDone());
    assertEquals("s3", all.get(2).join().serial());
  }

  @Test
  void whatThereIsNoRoomForIsRefusedAtOnceAndRoomIsToldWhenHalfIsFree() {
    RealtimeClient client = server.client(server.options().queue(4, 1 << 20));
    Channel channel = client.channel("a");
    assertTrue(client.room().isDone());
    for (int i = 0; i < 4; i++) {
      CompletableFuture<PublishResult> unused = channel.publishAsync(text("" + i));
    }
    assertEquals(4, client.queued());
    assertEquals(90006, FakeServer.code(channel.publishAsync(text("4"))));
    CompletableFuture<Void> room = client.room();
    world.settle();
    server.line().greet("c1", "c1!1");
    server.line().ack(0, 1, "s1");
    world.settle();
    assertFalse(room.isDone());
    server.line().ack(1, 1, "s2");
    world.settle();
    assertTrue(room.isDone());
    assertEquals(2, client.queued());
  }

  @Test
  void roomIsToldWhenTheClientIsClosed() {
    RealtimeClient client = server.client(server.options().queue(1, 1 << 20));
    CompletableFuture<PublishResult> sent = client.channel("a").publishAsync(text("1"));
    CompletableFuture<Void> room = client.room();
    world.settle();
    assertFalse(room.isDone());
    CompletableFuture<Void> closing = client.connection().closeAsync();
    world.pass(Duration.ofMinutes(1));
    assertTrue(closing.isDone());
    assertTrue(sent.isCompletedExceptionally());
    assertTrue(room.isDone());
  }

  @Test
  void closingLetsAcknowledgementsComeAndThenFailsTheRest() {
    RealtimeClient client = server.connected();
    Channel channel = server.attached(client, "a", "s0");
    CompletableFuture<PublishResult> one = channel.publishAsync(text("1"));
    CompletableFuture<PublishResult> two = channel.publishAsync(text("2"));
    CompletableFuture<Void> closing = client.connection().closeAsync();
    world.settle();
    assertEquals(ConnectionState.CLOSING, client.connection().state());
    CompletableFuture<PublishResult> late = channel.publishAsync(text("3"));
    world.settle();
    assertEquals(80017, FakeServer.code(late));
    server.line().ack(0, 1, "s1");
    server.line().tell(new Frame.Closed());
    closing.join();
    assertEquals("s1", one.join().serial());
    assertEquals(80017, FakeServer.code(two));
    assertEquals(ChannelState.DETACHED, channel.state());
  }

  @Test
  void anAnswerToATokenThatCrossesTheCloseDoesNotOpenItAgain() {
    RealtimeClient client = server.connected();
    CompletableFuture<Void> closing = client.connection().closeAsync();
    world.settle();
    server.line().tell(new Frame.Connected("c1", FakeServer.details("c1!2"), null));
    assertEquals(ConnectionState.CLOSING, client.connection().state());
    server.line().tell(new Frame.Closed());
    closing.join();
    world.pass(Duration.ofMinutes(1));
    assertEquals(ConnectionState.CLOSED, client.connection().state());
    assertEquals(1, server.lines.size());
  }

  @Test
  void aServerThatDoesNotConfirmTheCloseIsNotWaitedForLong() {
    RealtimeClient client = server.connected();
    CompletableFuture<Void> closing = client.connection().closeAsync();
    world.pass(Duration.ofSeconds(11));
    closing.join();
    assertEquals(ConnectionState.CLOSED, client.connection().state());
  }

  @Test
  void cometIsTriedWhereNoWebSocketGetsThrough() {
    server.client(server.options().transports(TransportKind.WEB_SOCKET, TransportKind.COMET));
    assertEquals(TransportKind.WEB_SOCKET, server.line().target.kind());
    server.line().lose(Transport.Loss.Kind.REFUSED);
    assertEquals(TransportKind.COMET, server.line().target.kind());
  }

  @Test
  void aWebSocketThatDoesNotOpenIsNotWaitedForLong() {
    server.client(server.options().transports(TransportKind.WEB_SOCKET, TransportKind.COMET));
    world.pass(Duration.ofSeconds(5));
    assertEquals(2, server.lines.size());
    assertTrue(server.lines.get(0).closed);
    assertEquals(TransportKind.COMET, server.line().target.kind());
  }

  @Test
  void fallbackHostsAreTriedInTurn() {
    server.client(
        server
            .options()
            .host("one")
            .fallbackHosts(List.of("two", "three"))
            .transports(TransportKind.WEB_SOCKET, TransportKind.COMET));
    server.line().lose(Transport.Loss.Kind.UNREACHABLE);
    assertEquals("two", server.line().target.host());
    server.line().tell(new Frame.Disconnected(new ErrorInfo(50320, 503, "elsewhere", null)));
    assertEquals("three", server.line().target.host());
    server.line().greet("c1", "c1!1");
    assertEquals(3, server.lines.size());
  }

  @Test
  void aHostThatSaysNothingIsLeftForTheNextInTime() {
    server.client(server.options().host("one").fallbackHosts(List.of("two")));
    world.pass(Duration.ofMillis(9_999));
    assertEquals("one", server.line().target.host());
    world.pass(Duration.ofMillis(1));
    assertTrue(server.lines.get(0).closed);
    assertEquals("two", server.line().target.host());
    world.pass(Duration.ofMillis(9_999));
    server.line().greet("c1", "c1!1");
    world.pass(Duration.ofSeconds(1));
    assertEquals(2, server.lines.size());
    assertFalse(server.line().closed);
  }

  @Test
  void withoutANetworkTheFallbackHostsAreNotTried() {
    java.util.Queue<CompletableFuture<Boolean>> asked = new java.util.ArrayDeque<>();
    Network network =
        () -> {
          CompletableFuture<Boolean> up = new CompletableFuture<>();
          asked.add(up);
          return up;
        };
    RealtimeClient client =
        server.client(server.options().host("one").fallbackHosts(List.of("two", "three")), network);
    server.line().lose(Transport.Loss.Kind.UNREACHABLE);
    world.pass(Duration.ofSeconds(9));
    assertEquals(1, server.lines.size());
    asked.remove().complete(false);
    world.settle();
    assertEquals(ConnectionState.DISCONNECTED, client.connection().state());
    world.pass(Duration.ofSeconds(1));
    assertEquals("one", server.line().target.host());
    server.line().lose(Transport.Loss.Kind.UNREACHABLE);
    asked.remove().complete(true);
    world.settle();
    assertEquals("two", server.line().target.host());
    server.line().lose(Transport.Loss.Kind.UNREACHABLE);
    assertEquals("three", server.line().target.host());
    assertTrue(asked.isEmpty(), "asked once for each attempt");
    server.line().greet("c1", "c1!1");
    assertEquals(ConnectionState.CONNECTED, client.connection().state());
  }

  @Test
  void whatTheNetworkSaysTooLateIsNotHeard() {
    CompletableFuture<Boolean> up = new CompletableFuture<>();
    RealtimeClient client =
        server.client(server.options().host("one").fallbackHosts(List.of("two")), () -> up);
    server.line().lose(Transport.Loss.Kind.UNREACHABLE);
    CompletableFuture<Void> closing = client.connection().closeAsync();
    world.settle();
    up.complete(true);
    world.settle();
    closing.join();
    assertEquals(1, server.lines.size());
    assertEquals(ConnectionState.CLOSED, client.connection().state());
  }

  @Test
  void aRecoveredClientGoesOnWithNumbersAndPlaces() {
    RealtimeClient first = server.connected();
    Channel channel = server.attached(first, "a", "s0");
    CompletableFuture<PublishResult> before = channel.publishAsync(text("1"));
    world.settle();
    assertFalse(before.isDone());
    String recovery = first.connection().recoveryKey();
    assertNotNull(recovery);
    RealtimeClient second = server.client(server.options().recover(recovery));
    assertEquals("c1!1", server.line().target.params().get("recover"));
    server.line().greet("c1", "c1!2");
    Channel again = second.channel("a");
    CompletableFuture<Void> attaching = again.attachAsync();
    CompletableFuture<PublishResult> next = again.publishAsync(text("2"));
    world.settle();
    assertEquals("s0", server.line().sent(Frame.Attach.class).get(0).channelSerial());
    assertEquals(1, server.line().sent(Frame.Messages.class).get(0).msgSerial());
    assertFalse(next.isDone() || attaching.isDone());
  }

  @Test
  void aPingDoesNotOutliveItsConnection() {
    RealtimeClient client = server.connected();
    CompletableFuture<Duration> cut = client.connection().pingAsync();
    world.settle();
    server.line().cut();
    assertEquals(80003, FakeServer.code(cut));
    world.pass(Duration.ofSeconds(1));
    server.line().greet("c1", "c1!2");
    CompletableFuture<Duration> closed = client.connection().pingAsync();
    CompletableFuture<Void> closing = client.connection().closeAsync();
    world.settle();
    assertTrue(closed.isCompletedExceptionally());
    assertFalse(closing.isDone());
  }

  @Test
  void aPingIsAnsweredByItsId() {
    RealtimeClient client = server.connected();
    CompletableFuture<Duration> ping = client.connection().pingAsync();
    world.settle();
    String id = server.line().sent(Frame.Heartbeat.class).get(0).id();
    world.pass(Duration.ofMillis(20));
    server.line().tell(new Frame.Heartbeat(null));
    assertFalse(ping.isDone());
    server.line().tell(new Frame.Heartbeat(id));
    assertEquals(Duration.ofMillis(20), ping.join());
  }
}

package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The life of a channel, against a server worked by hand. */
class ChannelTest {
  private final FakeServer server = new FakeServer();
  private final World world = server.world;

  private static List<ChannelChange> changes(Channel channel) {
    List<ChannelChange> changes = new ArrayList<>();
    channel.changes().listen(changes::add);
    return changes;
  }

  @Test
  void itIsAttachedWithParamsAndModes() {
    RealtimeClient client = server.connected();
    Channel channel =
        client.channel(
            "a",
            ChannelOptions.DEFAULT.rewind(3).modes(ChannelMode.SUBSCRIBE, ChannelMode.PUBLISH));
    CompletableFuture<Void> done = channel.attachAsync();
    world.settle();
    Frame.Attach attach = server.line().sent(Frame.Attach.class).get(0);
    assertEquals(Map.of("rewind", "3"), attach.params());
    assertEquals(Flags.SUBSCRIBE | Flags.PUBLISH, attach.flags());
    assertNull(attach.channelSerial());
    server.line().tell(new Frame.Attached("a", "s1", Flags.SUBSCRIBE, Map.of("rewind", "3"), null));
    done.join();
    assertEquals(java.util.Set.of(ChannelMode.SUBSCRIBE), channel.modes());
    assertEquals(Map.of("rewind", "3"), channel.params());
    assertEquals("s1", channel.attachSerial());
  }

  @Test
  void afterACutItIsAttachedWhereItWasAndSaysWhetherAnythingWasMissed() {
    RealtimeClient client = server.connected();
    Channel channel = server.attached(client, "a", "s0");
    List<ChannelChange> changes = changes(channel);
    server.line().message("a", "s7", "x");
    world.pass(Duration.ofSeconds(2));
    server.line().cut();
    world.pass(Duration.ZERO);
    server.line().greet("c1", "c1!2");
    assertEquals(ChannelState.ATTACHING, channel.state());
    assertEquals("s7", server.line().sent(Frame.Attach.class).get(0).channelSerial());
    server.line().attached("a", "s7", Flags.RESUMED, Flags.HAS_BACKLOG);
    ChannelChange last = changes.get(changes.size() - 1);
    assertTrue(last.resumed() && last.hasBacklog());
    assertEquals("s0", channel.attachSerial());
    server.line().cut();
    world.pass(Duration.ofSeconds(2));
    server.line().greetAnew("c2", "c2!1");
    server.line().attached("a", "s9");
    ChannelChange lost = changes.get(changes.size() - 1);
    assertFalse(lost.resumed());
    assertEquals("s9", channel.attachSerial());
  }

  @Test
  void messagesComeInOrderToAllWhoListen() {
    RealtimeClient client = server.connected();
    Channel channel = server.attached(client, "a", "s0");
    List<String> all = new ArrayList<>();
    List<String> named = new ArrayList<>();
    Subscription subscription = channel.messages().listen(m -> all.add(m.text()));
    channel.messages("other").listen(m -> named.add(m.text()));
    for (int i = 1; i <= 5; i++) {
      server.line().message("a", "s" + i, "t" + i);
    }
    assertEquals(List.of("t1", "t2", "t3", "t4", "t5"), all);
    assertEquals(List.of(), named);
    subscription.close();
    server.line().message("a", "s6", "t6");
    assertEquals(5, all.size());
    assertEquals("s6", channel.channelSerial());
    assertTrue(subscription.ended().isDone());
  }

  @Test
  void anAttachWithoutAnAnswerSuspendsItAndIsTriedAgain() {
    RealtimeClient client = server.connected();
    Channel channel = client.channel("a");
    CompletableFuture<Void> done = channel.attachAsync();
    world.pass(Duration.ofSeconds(10));
    assertEquals(90007, FakeServer.code(done));
    assertEquals(ChannelState.SUSPENDED, channel.state());
    world.pass(Duration.ofSeconds(1));
    assertEquals(2, server.line().sent(Frame.Attach.class).size());
    server.line().attached("a", "s1");
    assertEquals(ChannelState.ATTACHED, channel.state());
  }

  @Test
  void aCutIsNotHeldAgainstAnAttach() {
    RealtimeClient client = server.connected();
    Channel channel = client.channel("a");
    CompletableFuture<Void> done = channel.attachAsync();
    world.pass(Duration.ofSeconds(9));
    server.line().cut();
    world.pass(Duration.ofSeconds(5));
    assertEquals(ChannelState.ATTACHING, channel.state());
    server.line().greet("c1", "c1!2");
    server.line().attached("a", "s1");
    done.join();
  }

  @Test
  void aServerThatDetachesItIsAskedAgain() {
    RealtimeClient client = server.connected();
    Channel channel = server.attached(client, "a", "s0");
    server.line().tell(new Frame.Detached("a", new ErrorInfo(50000, 500, "moved", null)));
    assertEquals(ChannelState.ATTACHING, channel.state());
    assertEquals("s0", server.line().sent(Frame.Attach.class).get(1).channelSerial());
    server.line().tell(new Frame.Detached("a", new ErrorInfo(50000, 500, "moved", null)));
    assertEquals(ChannelState.SUSPENDED, channel.state());
    world.pass(Duration.ofSeconds(1));
    assertEquals(ChannelState.ATTACHING, channel.state());
  }

  @Test
  void anErrorOfItsOwnFailsItAlone() {
    RealtimeClient client = server.connected();
    Channel channel = client.channel("a");
    CompletableFuture<Void> done = channel.attachAsync();
    Channel other = server.attached(client, "b", "s0");
    server
        .line()
        .tell(new Frame.ProtocolError("a", new ErrorInfo(40160, 401, "not allowed", null)));
    assertEquals(40160, FakeServer.code(done));
    assertEquals(ChannelState.FAILED, channel.state());
    assertEquals(ChannelState.ATTACHED, other.state());
    CompletableFuture<PublishResult> publish = channel.publishAsync(Message.of("n", "x"));
    world.settle();
    assertEquals(90001, FakeServer.code(publish));
    CompletableFuture<Void> again = channel.attachAsync();
    world.settle();
    server.line().attached("a", "s1");
    again.join();
    assertNull(channel.reason());
  }

  @Test
  void attachAndDetachOvertakeEachOther() {
    RealtimeClient client = server.connected();
    Channel channel = client.channel("a");
    CompletableFuture<Void> attach = channel.attachAsync();
    CompletableFuture<Void> detach = channel.detachAsync();
    world.settle();
    assertEquals(90000, FakeServer.code(attach));
    server.line().attached("a", "s1");
    assertEquals(ChannelState.DETACHING, channel.state());
    assertEquals(2, server.line().sent(Frame.Detach.class).size());
    server.line().tell(new Frame.Detached("a", null));
    detach.join();
    assertEquals(ChannelState.DETACHED, channel.state());
    assertNull(channel.channelSerial());
  }

  @Test
  void anAttachWaitsForTheDetachThatIsUnderWay() {
    RealtimeClient client = server.connected();
    Channel channel = server.attached(client, "a", "s0");
    CompletableFuture<Void> detach = channel.detachAsync();
    CompletableFuture<Void> attach = channel.attachAsync();
    world.settle();
    assertEquals(1, server.line().sent(Frame.Attach.class).size());
    server.line().tell(new Frame.Detached("a", null));
    detach.join();
    Frame.Attach second = server.line().sent(Frame.Attach.class).get(1);
    assertNull(second.channelSerial());
    server.line().attached("a", "s1");
    attach.join();
    assertEquals(ChannelState.ATTACHED, channel.state());
  }

  @Test
  void theLastOfSeveralWishesCounts() {
    RealtimeClient client = server.connected();
    Channel channel = server.attached(client, "a", "s0");
    CompletableFuture<Void> detach = channel.detachAsync();
    CompletableFuture<Void> attach = channel.attachAsync();
    CompletableFuture<Void> again = channel.detachAsync();
    world.settle();
    assertEquals(90000, FakeServer.code(attach));
    server.line().tell(new Frame.Detached("a", null));
    detach.join();
    again.join();
    assertEquals(ChannelState.DETACHED, channel.state());
  }

  @Test
  void aLateAnswerToADetachIsNotHeldAgainstTheNextAttach() {
    RealtimeClient client = server.connected();
    Channel channel = client.channel("a");
    CompletableFuture<Void> overtaken = channel.attachAsync();
    CompletableFuture<Void> detach = channel.detachAsync();
    world.settle();
    assertTrue(overtaken.isCompletedExceptionally());
    server.line().attached("a", "s1"); // a second DETACH is sent
    server.line().tell(new Frame.Detached("a", null));
    detach.join();
    CompletableFuture<Void> attach = channel.attachAsync();
    world.settle();
    server.line().tell(new Frame.Detached("a", null));
    server.line().attached("a", "s2");
    attach.join();
    assertEquals(ChannelState.ATTACHED, channel.state());
  }

  @Test
  void whatComesWhileItIsAttachingAgainDoesNotHideWhatWasNotTold() {
    RealtimeClient client = server.connected();
    Channel channel = server.attached(client, "a", "s0");
    server.line().message("a", "s1", "1");
    server.line().tell(new Frame.Detached("a", null));
    assertEquals(ChannelState.ATTACHING, channel.state());
    server.line().message("a", "s2", "2");
    server
        .line()
        .tell(
            new Frame.Presence("a", List.of(), -1, "x:2", null, "s3", 2),
            new Frame.Annotations("a", List.of(), -1, "x:3", null, "s4", 2));
    server.line().cut();
    world.pass(Duration.ofSeconds(1));
    server.line().greet("c1", "c1!2");
    assertEquals("s1", server.line().sent(Frame.Attach.class).get(0).channelSerial());
  }

  @Test
  void aNameThatNoFormatCanCarryIsRefused() {
    RealtimeClient client = server.connected();
    HoldfastException refused =
        assertThrows(HoldfastException.class, () -> client.channel("a\uD800"));
    assertEquals(40000, refused.code());
  }

  @Test
  void newOptionsAreTakenUpWithoutLeavingTheChannel() {
    RealtimeClient client = server.connected();
    Channel channel = server.attached(client, "a", "s0");
    CompletableFuture<Void> done =
        channel.configureAsync(ChannelOptions.DEFAULT.modes(ChannelMode.SUBSCRIBE));
    world.settle();
    assertEquals(ChannelState.ATTACHED, channel.state());
    assertFalse(done.isDone());
    assertEquals(Flags.SUBSCRIBE, server.line().sent(Frame.Attach.class).get(1).flags());
    server
        .line()
        .tell(new Frame.Attached("a", "s0", Flags.SUBSCRIBE | Flags.RESUMED, Map.of(), null));
    done.join();
    assertEquals(java.util.Set.of(ChannelMode.SUBSCRIBE), channel.modes());
    assertThrows(HoldfastException.class, () -> client.channel("a", ChannelOptions.DEFAULT));
  }

  @Test
  void whatCannotBeSentIsRefusedBeforeItIsSent() {
    RealtimeClient client = server.connected();
    Channel channel = client.channel("a");
    assertEquals(40013, FakeServer.code(channel.publishAsync(Message.of("n", new Object()))));
    assertEquals(40009, FakeServer.code(channel.publishAsync(Message.of("n", "x".repeat(70_000)))));
    assertEquals(40003, FakeServer.code(channel.appendAsync(Message.of("n", "x"), Operation.NONE)));
    world.settle();
    assertEquals(List.of(), server.line().sent);
  }

  @Test
  void aListenerThatFallsBehindIsToldSo() {
    RealtimeClient client = server.client(server.options().subscriptionBuffer(2));
    server.line().greet("c1", "c1!1");
    Channel channel = server.attached(client, "a", "s0");
    Inbox<Message> inbox = channel.messages().open();
    for (int i = 1; i <= 3; i++) {
      server.line().message("a", "s" + i, "t" + i);
    }
    HoldfastException dropped =
        assertThrows(
            HoldfastException.class,
            () -> {
              assertEquals("t1", inbox.take().text());
              assertEquals("t2", inbox.take().text());
              inbox.take();
            });
    assertEquals(42916, dropped.code());
  }

  @Test
  void newOptionsThatNobodyAnswersFailInTime() {
    RealtimeClient client = server.connected();
    Channel channel = server.attached(client, "a", "s0");
    CompletableFuture<Void> done =
        channel.configureAsync(ChannelOptions.DEFAULT.modes(ChannelMode.SUBSCRIBE));
    world.pass(Duration.ofSeconds(10));
    assertEquals(90007, FakeServer.code(done));
    assertEquals(ChannelState.ATTACHED, channel.state());
  }

  @Test
  void aChannelThatIsAskedForAfterTheEndTellsNothing() throws Exception {
    RealtimeClient client = server.connected();
    CompletableFuture<Void> closing = client.connection().closeAsync();
    world.settle();
    server.line().tell(new Frame.Closed());
    closing.join();
    Thread.currentThread().interrupt(); // or it waits for a loop that only runs when it is told to
    client.close();
    assertTrue(Thread.interrupted());
    world.settle();
    Inbox<Message> inbox = client.channel("late").messages().open();
    HoldfastException closed = assertThrows(HoldfastException.class, inbox::take);
    assertEquals(80017, closed.code());
  }
}

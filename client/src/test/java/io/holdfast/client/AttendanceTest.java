package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Presence, against a server worked by hand. */
class AttendanceTest {
  private final FakeServer server = new FakeServer();
  private final World world = server.world;
  private final RealtimeClient client = server.connected();

  private static PresenceMessage member(
      PresenceAction action, String connection, String client, @Nullable String id, long time) {
    return new PresenceMessage(action, id, client, connection, null, null, null, time);
  }

  private static PresenceMessage member(PresenceAction action, String connection, String client) {
    return member(action, connection, client, connection + ":0:0", 1);
  }

  private static Frame told(PresenceMessage... messages) {
    return new Frame.Presence("a", List.of(messages), -1, "x:0", null, "s1", 1);
  }

  private static List<String> heard(Channel channel) {
    List<String> heard = new ArrayList<>();
    channel.presence().changes().listen(m -> heard.add(m.action() + " " + m.clientId()));
    return heard;
  }

  private Channel attached(long... flags) {
    Channel channel = client.channel("a");
    CompletableFuture<Void> unused = channel.attachAsync();
    world.settle();
    server.line().attached("a", "s0", flags);
    return channel;
  }

  private static List<String> known(Channel channel) {
    return channel.presence().known().stream().map(Member::clientId).sorted().toList();
  }

  @Test
  void theListIsCompleteOnceItsLastPageHasCome() {
    Channel channel = attached(Flags.HAS_PRESENCE);
    CompletableFuture<List<Member>> all = channel.presence().getAsync();
    world.settle();
    server
        .line()
        .tell(new Frame.Sync("a", "q:1", List.of(member(PresenceAction.PRESENT, "x", "ann"))));
    assertFalse(all.isDone());
    assertFalse(channel.presence().complete());
    server
        .line()
        .tell(new Frame.Sync("a", "q:", List.of(member(PresenceAction.PRESENT, "y", "bob"))));
    assertEquals(2, all.join().size());
    assertTrue(channel.presence().complete());
  }

  @Test
  void whoIsNotInTheNextListHasLeft() {
    Channel channel = attached(Flags.HAS_PRESENCE);
    server
        .line()
        .tell(
            new Frame.Sync(
                "a",
                null,
                List.of(
                    member(PresenceAction.PRESENT, "x", "ann"),
                    member(PresenceAction.PRESENT, "y", "bob"))));
    List<String> heard = heard(channel);
    world.pass(Duration.ofSeconds(2));
    server.line().cut();
    world.pass(Duration.ZERO);
    server.line().greet("c1", "c1!2");
    server.line().attached("a", "s0", Flags.RESUMED, Flags.HAS_PRESENCE);
    server
        .line()
        .tell(new Frame.Sync("a", "q:", List.of(member(PresenceAction.PRESENT, "y", "bob"))));
    assertEquals(List.of("LEAVE ann"), heard);
    assertEquals(List.of("bob"), known(channel));
  }

  @Test
  void anOldWordDoesNotUndoANewerOne() {
    Channel channel = attached();
    List<String> heard = heard(channel);
    server.line().tell(told(member(PresenceAction.ENTER, "x", "ann", "x:5:0", 5)));
    server.line().tell(told(member(PresenceAction.LEAVE, "x", "ann", "x:4:0", 9)));
    assertEquals(List.of("ENTER ann"), heard);
    server.line().tell(told(member(PresenceAction.UPDATE, "x", "ann", "x:5:1", 3)));
    // made up by the server: by time
    server.line().tell(told(member(PresenceAction.LEAVE, "x", "ann", "gone:1:0", 2)));
    assertEquals(List.of("ann"), known(channel));
    server.line().tell(told(member(PresenceAction.LEAVE, "x", "ann", "gone:1:0", 4)));
    assertEquals(List.of("ENTER ann", "UPDATE ann", "LEAVE ann"), heard);
  }

  @Test
  void aLeaveDuringTheListOutlivesALaterPage() {
    Channel channel = attached(Flags.HAS_PRESENCE);
    server
        .line()
        .tell(
            told(member(PresenceAction.LEAVE, "x", "ann", "x:7:0", 7)),
            new Frame.Sync(
                "a", "q:", List.of(member(PresenceAction.PRESENT, "x", "ann", "x:6:0", 6))));
    assertEquals(List.of(), known(channel));
  }

  @Test
  void whoLeavesDuringTheListIsToldToHaveLeftOnce() {
    Channel channel = attached(Flags.HAS_PRESENCE);
    List<String> heard = heard(channel);
    server
        .line()
        .tell(
            new Frame.Sync(
                "a", "q:", List.of(member(PresenceAction.PRESENT, "x", "ann", "x:1:0", 1))),
            new Frame.Sync("a", "r:1", List.of()),
            told(member(PresenceAction.LEAVE, "x", "ann", "x:2:0", 2)),
            new Frame.Sync("a", "r:", List.of()));
    assertEquals(List.of("PRESENT ann", "LEAVE ann"), heard);
    assertEquals(List.of(), known(channel));
  }

  @Test
  void whoEntersBeforeTheChannelIsAttachedIsSaidOnceItIs() {
    Channel channel = client.channel("a");
    CompletableFuture<Void> entered = channel.presence().enterAsync("hello");
    world.settle();
    assertEquals(1, server.line().sent(Frame.Attach.class).size());
    assertEquals(List.of(), server.line().sent(Frame.Presence.class));
    server.line().attached("a", "s0");
    Frame.Presence sent = server.line().sent(Frame.Presence.class).get(0);
    assertEquals(PresenceAction.ENTER, sent.presence().get(0).action());
    server.line().ack(0, 1, "s1");
    entered.join();
  }

  @Test
  void ownMembersAreEnteredAgainUnderTheirIdWhileTheConnectionIsTheSame() {
    Channel channel = attached();
    CompletableFuture<Void> unused = channel.presence().enterAsync("hello");
    world.settle();
    server.line().ack(0, 1, "s1");
    server.line().tell(told(member(PresenceAction.ENTER, "c1", "me", "c1:0:0", 1)));
    world.pass(Duration.ofSeconds(2));
    server.line().cut();
    world.pass(Duration.ZERO);
    server.line().greet("c1", "c1!2");
    server.line().attached("a", "s1", Flags.RESUMED, Flags.HAS_PRESENCE);
    PresenceMessage again = server.line().sent(Frame.Presence.class).get(0).presence().get(0);
    assertEquals("c1:0:0", again.id());
    assertEquals("me", again.clientId());
    server.line().cut();
    world.pass(Duration.ofSeconds(2));
    server.line().greetAnew("c2", "c2!1");
    server.line().attached("a", "s1");
    List<Frame.Presence> sent = server.line().sent(Frame.Presence.class);
    PresenceMessage anew = sent.get(sent.size() - 1).presence().get(0);
    assertNull(anew.id());
    List<ErrorInfo> told = new ArrayList<>();
    channel
        .changes()
        .listen(
            change -> {
              if (change.reason() != null) {
                told.add(change.reason());
              }
            });
    server
        .line()
        .tell(
            new Frame.Nack(
                sent.get(sent.size() - 1).msgSerial(),
                1,
                new ErrorInfo(40160, 401, "not allowed", null)));
    assertEquals(91004, told.get(0).code());
  }

  @Test
  void whoHasLeftIsNotEnteredAgain() {
    attached();
    server.line().tell(told(member(PresenceAction.ENTER, "c1", "me", "c1:0:0", 1)));
    server.line().tell(told(member(PresenceAction.LEAVE, "c1", "me", "c1:1:0", 2)));
    server.line().cut();
    world.pass(Duration.ofSeconds(2));
    server.line().greet("c1", "c1!2");
    server.line().attached("a", "s1", Flags.RESUMED);
    assertEquals(List.of(), server.line().sent(Frame.Presence.class));
  }

  @Test
  void aChannelWithNobodyIsKnownToBeEmpty() {
    Channel channel = attached(Flags.HAS_PRESENCE);
    server
        .line()
        .tell(new Frame.Sync("a", "q:", List.of(member(PresenceAction.PRESENT, "x", "ann"))));
    List<String> heard = heard(channel);
    server.line().attached("a", "s5");
    assertEquals(List.of("LEAVE ann"), heard);
    assertEquals(List.of(), channel.presence().getAsync().thenApply(all -> all).getNow(List.of()));
  }

  @Test
  void ofASuspendedChannelNobodyKnows() {
    Channel channel = attached(Flags.HAS_PRESENCE);
    server.line().tell(new Frame.Detached("a", null));
    CompletableFuture<List<Member>> all = channel.presence().getAsync();
    CompletableFuture<Void> entering = channel.presence().enterAsync(null);
    world.settle();
    server.line().tell(new Frame.Detached("a", null));
    assertEquals(ChannelState.SUSPENDED, channel.state());
    assertEquals(90001, FakeServer.code(all));
    assertEquals(90001, FakeServer.code(entering));
    CompletableFuture<List<Member>> late = channel.presence().getAsync();
    world.settle();
    assertEquals(91005, FakeServer.code(late));
  }
}

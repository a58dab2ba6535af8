package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.PresenceAction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nothing that was acknowledged is lost and nothing doubled, whatever is cut or killed. */
class CutTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int TOKENS = 300;

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

  private static ClientOptions.Builder through(Cutter cutter, Way way) {
    return way.of(server().options().port(cutter.port()))
        .retry(Duration.ofMillis(20), Duration.ofMillis(200));
  }

  private static Message token(String serial, String text) {
    return Message.builder().serial(serial).data(text).build();
  }

  @ParameterizedTest
  @EnumSource
  void aStreamedAnswerArrivesWholeThroughCuts(Way way) throws Exception {
    try (Cutter cutter = new Cutter(server().port());
        RealtimeClient agent = RealtimeClient.create(through(cutter, way).build());
        RealtimeClient reader = RealtimeClient.create(through(cutter, way).build())) {
      Texts texts = new Texts();
      reader.channel("cuts-" + way).subscribe(texts);
      Channel channel = agent.channel("cuts-" + way);
      String serial = Objects.requireNonNull(channel.publish("answer", "").serial());
      StringBuilder whole = new StringBuilder();
      List<CompletableFuture<UpdateResult>> acknowledged = new ArrayList<>();
      for (int i = 0; i < TOKENS; i++) {
        String text = "t" + i + " ";
        whole.append(text);
        acknowledged.add(channel.appendAsync(token(serial, text), Operation.NONE));
        if (i % 60 == 30) {
          cutter.cut();
          acknowledged.get(i).get(20, TimeUnit.SECONDS);
        }
      }
      for (CompletableFuture<UpdateResult> each : acknowledged) {
        each.get(20, TimeUnit.SECONDS);
      }
      texts.await(serial, whole.toString());
      assertEquals(whole.toString(), channel.message(serial).text());
      assertEquals(List.of(), texts.faults());
      assertEquals(5, cutter.cuts());
    }
  }

  @Test
  void aServerThatIsKilledLosesNothingThatWasAcknowledged(@TempDir Path data) throws Exception {
    try (ServerProcess mortal = ServerProcess.onDisk(data)) {
      ClientOptions.Builder options =
          mortal.options().retry(Duration.ofMillis(50), Duration.ofMillis(500));
      try (RealtimeClient agent = RealtimeClient.create(options.build());
          RealtimeClient reader = RealtimeClient.create(options.build())) {
        Texts texts = new Texts();
        reader.channel("kill").subscribe(texts);
        Channel channel = agent.channel("kill");
        String serial = Objects.requireNonNull(channel.publish("answer", "").serial());
        StringBuilder whole = new StringBuilder();
        List<CompletableFuture<UpdateResult>> acknowledged = new ArrayList<>();
        for (int i = 0; i < TOKENS; i++) {
          String text = "t" + i + " ";
          whole.append(text);
          acknowledged.add(channel.appendAsync(token(serial, text), Operation.NONE));
          if (i == 100 || i == 200) {
            mortal.kill();
            mortal.start();
          }
        }
        for (CompletableFuture<UpdateResult> each : acknowledged) {
          each.get(30, TimeUnit.SECONDS);
        }
        texts.await(serial, whole.toString());
        assertEquals(whole.toString(), channel.message(serial).text());
        assertEquals(List.of(), texts.faults());
      }
    }
  }

  @Test
  void historyUntilAttachAndWhatIsHeardSinceAreEverythingOnce() throws Exception {
    try (RealtimeClient writer = RealtimeClient.create(server().options().build());
        RealtimeClient reader = RealtimeClient.create(server().options().build())) {
      Channel channel = writer.channel("seam");
      reader.connection().connect();
      List<String> all = new ArrayList<>();
      CountDownLatch half = new CountDownLatch(1);
      AtomicBoolean attached = new AtomicBoolean();
      CompletableFuture<Void> written = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  for (int after = 0; after < 20; after += attached.get() ? 1 : 0) {
                    all.add(Objects.requireNonNull(channel.publish("n", "m").serial()));
                    if (all.size() == 60) {
                      half.countDown();
                    }
                  }
                  written.complete(null);
                } catch (InterruptedException | RuntimeException e) {
                  written.completeExceptionally(e);
                }
              });
      half.await();
      Texts texts = new Texts();
      Channel late = reader.channel("seam");
      late.subscribe(texts);
      attached.set(true);
      written.get(60, TimeUnit.SECONDS);
      List<String> before =
          late.history(HistoryQuery.UNTIL_ATTACH.limit(50)).stream()
              .map(message -> Objects.requireNonNull(message.serial()))
              .toList()
              .reversed();
      texts.await(all.size() - before.size());
      List<String> seen = new ArrayList<>(before);
      seen.addAll(texts.order());
      assertEquals(all, seen);
      assertFalse(before.isEmpty() || texts.order().isEmpty(), "no seam to look at");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRecoveredClientHearsWhatTheOneBeforeItMissed(Way way) throws Exception {
    try (Cutter cutter = new Cutter(server().port());
        RealtimeClient writer = RealtimeClient.create(server().options().build())) {
      RealtimeClient first = RealtimeClient.create(through(cutter, way).build());
      String name = "recover-" + way;
      Texts early = new Texts();
      first.channel(name).subscribe(early);
      Channel channel = writer.channel(name);
      channel.publish("n", "1");
      early.await(1);
      String recovery = Objects.requireNonNull(first.connection().recoveryKey());
      cutter.refuse(true);
      cutter.cut();
      channel.publish("n", "2");
      channel.publish("n", "3");
      Texts texts = new Texts();
      try (RealtimeClient second =
          RealtimeClient.create(way.of(server().options().recover(recovery)).build())) {
        Channel again = second.channel(name);
        try (Inbox<ChannelChange> changes = again.changes().open()) {
          again.subscribe(texts);
          texts.await(2);
          assertTrue(resumed(changes));
        }
        assertEquals(List.of("2", "3"), texts.order().stream().map(texts::text).toList());
        String published = again.publish("n", "4").serial();
        assertEquals("4", again.message(Objects.requireNonNull(published)).text());
      }
      first.close();
    }
  }

  private static void await(Inbox<ConnectionChange> changes, ConnectionState wanted)
      throws InterruptedException {
    ConnectionState now = changes.poll(PATIENCE).orElseThrow().current();
    while (now != wanted) {
      now = changes.poll(PATIENCE).orElseThrow().current();
    }
  }

  private static boolean resumed(Inbox<ChannelChange> changes) throws InterruptedException {
    while (true) {
      ChannelChange change = changes.poll(PATIENCE).orElseThrow();
      if (change.current() == ChannelState.ATTACHED) {
        return change.resumed();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoIsPresentStaysPresentThroughACut(Way way) throws Exception {
    try (Cutter cutter = new Cutter(server().port());
        RealtimeClient member =
            RealtimeClient.create(through(cutter, way).clientId("ann").build());
        RealtimeClient watcher = RealtimeClient.create(server().options().build())) {
      String name = "present-" + way;
      Inbox<Member> heard = watcher.channel(name).presence().changes().open();
      watcher.channel(name).attach();
      member.channel(name).presence().enter("here");
      Member entered = heard.poll(PATIENCE).orElseThrow();
      assertEquals(PresenceAction.ENTER, entered.action());
      assertEquals("here", entered.text());
      try (Inbox<ConnectionChange> changes = member.connection().changes().open()) {
        cutter.refuse(true); // or a request is only asked again, and nobody notices
        cutter.cut();
        await(changes, ConnectionState.DISCONNECTED);
        cutter.refuse(false);
        await(changes, ConnectionState.CONNECTED);
      }
      member.channel(name).presence().update("still here");
      Member updated = heard.poll(PATIENCE).orElseThrow();
      assertEquals(PresenceAction.UPDATE, updated.action());
      assertEquals(
          List.of("ann"),
          watcher.channel(name).presence().get().stream().map(Member::clientId).toList());
      member.channel(name).presence().leave(null);
      assertEquals(PresenceAction.LEAVE, heard.poll(PATIENCE).orElseThrow().action());
      assertEquals(List.of(), watcher.channel(name).presence().get());
    }
  }

  @Test
  void whoWaitsForAPublishCanBeInterrupted() throws Exception {
    try (Cutter cutter = new Cutter(server().port());
        RealtimeClient client =
            RealtimeClient.create(through(cutter, Way.WEB_SOCKET_MSGPACK).build())) {
      Channel channel = client.channel("interrupted");
      channel.attach();
      cutter.stall(true);
      CompletableFuture<Throwable> outcome = new CompletableFuture<>();
      Thread waiting =
          Thread.ofVirtual()
              .start(
                  () ->
                      outcome.complete(
                          assertThrows(
                              InterruptedException.class, () -> channel.publish("n", "x"))));
      waiting.interrupt();
      assertTrue(outcome.get(20, TimeUnit.SECONDS) instanceof InterruptedException);
    }
  }

  @Test
  void closingWhilePublishingFailsWhatIsNotAcknowledgedAndEndsFeeds() throws Exception {
    RealtimeClient client = RealtimeClient.create(server().options().build());
    Channel channel = client.channel("closing");
    Inbox<Message> inbox = channel.messages().open();
    channel.attach();
    List<CompletableFuture<PublishResult>> sent = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      sent.add(channel.publishAsync(Message.of("n", "m" + i)));
    }
    client.close();
    int good = 0;
    for (CompletableFuture<PublishResult> each : sent) {
      try {
        assertTrue(each.get(20, TimeUnit.SECONDS).serial() != null);
        good++;
      } catch (java.util.concurrent.ExecutionException e) {
        assertTrue(
            e.getCause() instanceof HoldfastException ours && ours.code() == 80017, e.toString());
      }
    }
    try (RestClient rest = RestClient.create(server().options().build())) {
      long stored = rest.channel("closing").history(HistoryQuery.ALL).stream().count();
      assertTrue(stored >= good, stored + " stored, " + good + " acknowledged");
    }
    inbox.iterator().forEachRemaining(heard -> {}); // ends, since the feed has
    HoldfastException closed =
        assertThrows(HoldfastException.class, () -> channel.publish("n", "late"));
    assertEquals(80017, closed.code());
  }
}

package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Data;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.Extras;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.Vcdiff;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages that come as the difference to the one before. */
class DeltaTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String LONG = "What is the same in all of them is said once. ".repeat(20);
  private static final ChannelOptions DELTAS = ChannelOptions.DEFAULT.param("delta", "vcdiff");
  private static final int COUNT = 60;

  @TempDir private static Path folder;
  private static @Nullable ServerProcess process;

  private final FakeServer fake = new FakeServer();

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

  /** Text, bytes and a tree in turn, each little different from the one before of any kind. */
  private static Object data(int i) {
    String text = LONG + i;
    return switch (i % 3) {
      case 0 -> text;
      case 1 -> text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      default -> {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("text", text);
        tree.put("number", (long) i);
        yield tree;
      }
    };
  }

  private static boolean delta(Message message) {
    return message.extras().get("delta") instanceof Map<?, ?> note
        && "vcdiff".equals(note.get("format"));
  }

  /** All of them, each once and in order; how many came as differences. */
  private static int awaitAll(Inbox<Message> inbox, int count) throws InterruptedException {
    int deltas = 0;
    for (int i = 0; i < count; i++) {
      Message message = inbox.poll(PATIENCE).orElseThrow();
      assertEquals("n" + i, message.name());
      assertEquals(null, message.encoding());
      Object got = Objects.requireNonNull(message.data());
      if (data(i) instanceof byte[] bytes) {
        assertArrayEquals(bytes, (byte[]) got);
      } else {
        assertEquals(data(i), got);
      }
      deltas += delta(message) ? 1 : 0;
    }
    return deltas;
  }

  @ParameterizedTest
  @EnumSource
  void theyArriveWholeThroughCuts(Way way) throws Exception {
    ClientOptions.Builder direct = server().options();
    try (Cutter cutter = new Cutter(server().port());
        RealtimeClient writer = RealtimeClient.create(direct.build());
        RealtimeClient reader =
            RealtimeClient.create(
                way.of(server().options().port(cutter.port()))
                    .retry(Duration.ofMillis(20), Duration.ofMillis(200))
                    .build())) {
      Channel heard = reader.channel("deltas-" + way, DELTAS);
      Inbox<Message> inbox = heard.messages().open();
      heard.attach();
      Channel channel = writer.channel("deltas-" + way);
      for (int i = 0; i < COUNT; i++) {
        channel.publish("n" + i, data(i));
        if (i % 20 == 10) {
          cutter.cut();
        }
      }
      int deltas = awaitAll(inbox, COUNT);
      assertTrue(deltas > COUNT / 2, deltas + " differences of " + COUNT);
      assertEquals(3, cutter.cuts());
    }
  }

  @ParameterizedTest
  @EnumSource
  void encryptedOnesAreReadToo(Way way) throws Exception {
    ChannelOptions secret = DELTAS.cipher(Cipher.of(new byte[16]));
    try (RealtimeClient writer = RealtimeClient.create(server().options().build());
        RealtimeClient reader = RealtimeClient.create(way.of(server().options()).build())) {
      Channel heard = reader.channel("secret-" + way, secret);
      Inbox<Message> inbox = heard.messages().open();
      heard.attach();
      Channel channel =
          writer.channel("secret-" + way, ChannelOptions.DEFAULT.cipher(Cipher.of(new byte[16])));
      for (int i = 0; i < 6; i++) {
        channel.publish("n" + i, data(i));
      }
      awaitAll(inbox, 6);
    }
  }

  /** A way to the server on which every so manieth frame of messages is lost. */
  private static Transport.Dialer losing(Transport.Dialer dialer, AtomicInteger lost) {
    AtomicInteger seen = new AtomicInteger();
    return (target, events) ->
        dialer.dial(
            target,
            new Transport.Events() {
              @Override
              public void opened() {
                events.opened();
              }

              @Override
              public void frame(Decoded frame) {
                if (frame instanceof Decoded.Ok(Frame.Messages messages)
                    && seen.incrementAndGet() % 10 == 5
                    && !hasLast(messages)) {
                  lost.incrementAndGet();
                  // A frame that is not read counts as taken all the same.
                  events.frame(new Decoded.Ok(new Frame.Heartbeat(null)));
                } else {
                  events.frame(frame);
                }
              }

              @Override
              public void lost(Transport.Loss why) {
                events.lost(why);
              }
            });
  }

  /** Nothing comes behind it by which one could see that it is missing. */
  private static boolean hasLast(Frame.Messages frame) {
    return frame.messages().stream().anyMatch(message -> ("n" + COUNT).equals(message.name()));
  }

  @ParameterizedTest
  @EnumSource
  void whatCannotBeReadIsAskedForAgainFromTheLastThatWas(Way way) throws Exception {
    AtomicInteger lost = new AtomicInteger();
    ClientOptions options = way.of(server().options()).build();
    try (RealtimeClient writer = RealtimeClient.create(server().options().build());
        RealtimeClient reader = Wiring.realtime(options, dialer -> losing(dialer, lost))) {
      Channel heard = reader.channel("lossy-" + way, DELTAS);
      Inbox<Message> inbox = heard.messages().open();
      Inbox<ChannelChange> changes = heard.changes().open();
      heard.attach();
      Channel channel = writer.channel("lossy-" + way);
      for (int i = 0; i < COUNT; i++) {
        channel.publish("n" + i, data(i));
      }
      channel.publish("n" + COUNT, data(COUNT)); // or nobody misses one that is the last
      int deltas = awaitAll(inbox, COUNT);
      assertTrue(deltas > COUNT / 3, deltas + " differences of " + COUNT);
      assertTrue(lost.get() > 0, "nothing was lost");
      assertEquals(ChannelState.ATTACHED, awaitReason(changes));
    }
  }

  /** The state after a difference could not be read. */
  private static ChannelState awaitReason(Inbox<ChannelChange> changes)
      throws InterruptedException {
    ChannelChange change = changes.poll(PATIENCE).orElseThrow();
    while (change.reason() == null) {
      change = changes.poll(PATIENCE).orElseThrow();
    }
    assertEquals(ChannelState.ATTACHING, change.current());
    assertEquals(40018, change.reason().code());
    ChannelChange next = changes.poll(PATIENCE).orElseThrow();
    assertTrue(next.resumed());
    return next.current();
  }

  // --- by hand -----------------------------------------------------------------------------------

  private static io.holdfast.protocol.Message wire(
      String serial, Data data, @Nullable String encoding, @Nullable String from) {
    return new io.holdfast.protocol.Message(
        MessageAction.CREATE,
        "id-" + serial,
        null,
        data,
        encoding,
        null,
        null,
        null,
        1,
        from == null
            ? null
            : Extras.of("{\"delta\":{\"from\":\"id-" + from + "\",\"format\":\"vcdiff\"}}"),
        serial,
        null);
  }

  private static io.holdfast.protocol.Message over(
      String serial, String from, String was, String is) {
    Data delta = Data.binary(Vcdiff.encode(Data.text(was), Data.text(is)));
    return wire(serial, delta, "utf-8/vcdiff", from);
  }

  private void tell(String serial, io.holdfast.protocol.Message... messages) {
    fake.line()
        .tell(new Frame.Messages("a", Arrays.asList(messages), -1, "i", "c", serial, 1, Map.of()));
  }

  private List<@Nullable String> told(Inbox<Message> inbox) throws InterruptedException {
    List<@Nullable String> texts = new ArrayList<>();
    for (var next = inbox.poll(Duration.ZERO); next.isPresent(); next = inbox.poll(Duration.ZERO)) {
      texts.add(next.get().text());
    }
    return texts;
  }

  @Test
  void ofAFrameThatCannotBeReadNothingIsToldAndAllOfItIsAskedForAgain() throws Exception {
    Channel channel = fake.attached(fake.connected(), "a", "s0");
    Inbox<Message> inbox = channel.messages().open();
    tell("s1", wire("s1", Data.text("one"), null, null));
    tell("s3", over("s2", "s1", "one", "ones"), over("s3", "nobody", "?", "??"));
    assertEquals(ChannelState.ATTACHING, channel.state());
    assertEquals(40018, Objects.requireNonNull(channel.reason()).code());
    assertEquals("s1", fake.line().sent(Frame.Attach.class).getLast().channelSerial());
    tell("s3", wire("s3", Data.text("dropped: not attached"), null, null));
    fake.line().attached("a", "s1", io.holdfast.protocol.Flags.RESUMED);
    tell("s3", wire("s2", Data.text("ones"), null, null), over("s3", "s2", "ones", "onest"));
    assertEquals(Arrays.asList("one", "ones", "onest"), told(inbox));
    assertEquals("s3", channel.channelSerial());
    assertNotNull(channel.attachSerial());
  }

  @Test
  void aServerThatSendsNothingElseFailsTheChannelAndIsNotAskedForEver() {
    Channel channel = fake.attached(fake.connected(), "a", "s0");
    tell("s1", over("s1", "s0", "?", "??"));
    fake.line().attached("a", "s0", io.holdfast.protocol.Flags.RESUMED);
    tell("s1", over("s1", "s0", "?", "??"));
    assertEquals(ChannelState.FAILED, channel.state());
    assertEquals(40018, Objects.requireNonNull(channel.reason()).code());
    assertEquals(2, fake.line().sent(Frame.Attach.class).size());
  }
}

package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.MessageAction;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What channels can do beside publishing, over every transport in every format, and REST. */
class SurfaceTest {
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

  private static RealtimeClient client(Way way) {
    return RealtimeClient.create(way.of(server().options()).clientId("ann").build());
  }

  @ParameterizedTest
  @EnumSource
  void dataOfEveryKindArrivesAsItWas(Way way) throws Exception {
    try (RealtimeClient client = client(way)) {
      Channel channel = client.channel("kinds-" + way);
      Inbox<Message> inbox = channel.messages().open();
      channel.attach();
      channel.publish("bytes", new byte[] {1, 2, -3});
      channel.publish("json", Map.of("a", List.of(1, "x")));
      channel.publish("empty", "");
      channel.publish("nothing", null);
      assertArrayEquals(new byte[] {1, 2, -3}, (byte[]) inbox.poll(PATIENCE).orElseThrow().data());
      assertEquals(Map.of("a", List.of(1L, "x")), inbox.poll(PATIENCE).orElseThrow().data());
      assertEquals("", inbox.poll(PATIENCE).orElseThrow().data());
      Message nothing = inbox.poll(PATIENCE).orElseThrow();
      assertNull(nothing.data());
      assertEquals("ann", nothing.clientId());
      assertEquals(client.connection().id(), nothing.connectionId());
      assertNotNull(nothing.timestamp());
    }
  }

  @ParameterizedTest
  @EnumSource
  void messagesAreUpdatedAndDeletedWithWhatIsSaidOfIt(Way way) throws Exception {
    try (RealtimeClient client = client(way)) {
      Channel channel = client.channel("changed-" + way);
      Inbox<Message> inbox = channel.messages().open();
      channel.attach();
      List<@Nullable String> serials =
          channel.publish(List.of(Message.of("a", "1"), Message.of("b", "2"))).serials();
      String serial = Objects.requireNonNull(serials.get(1));
      inbox.take();
      inbox.take();
      Operation operation = new Operation(null, "a typing error", Map.of("by", "hand"));
      String version =
          channel
              .update(Message.builder().serial(serial).data("two").build(), operation)
              .versionSerial();
      Message updated = inbox.poll(PATIENCE).orElseThrow();
      assertEquals(MessageAction.UPDATE, updated.action());
      assertEquals("two", updated.text());
      Message.Version said = Objects.requireNonNull(updated.version());
      assertEquals(version, said.serial());
      assertEquals("a typing error", said.description());
      assertEquals(Map.of("by", "hand"), said.metadata());
      assertEquals("ann", said.clientId());
      channel.delete(Message.builder().serial(serial).build(), Operation.NONE);
      assertEquals(MessageAction.DELETE, inbox.poll(PATIENCE).orElseThrow().action());
      assertEquals(
          List.of(MessageAction.CREATE, MessageAction.UPDATE, MessageAction.DELETE),
          channel.versions(serial).stream().map(Message::action).toList());
    }
  }

  @ParameterizedTest
  @EnumSource
  void reactionsAreHeardOneByOneAndSummedUp(Way way) throws Exception {
    try (RealtimeClient client = client(way)) {
      Channel channel =
          client.channel(
              "reactions-" + way,
              ChannelOptions.DEFAULT.modes(
                  ChannelMode.PUBLISH,
                  ChannelMode.SUBSCRIBE,
                  ChannelMode.ANNOTATION_PUBLISH,
                  ChannelMode.ANNOTATION_SUBSCRIBE));
      Inbox<Message> inbox = channel.messages().open();
      Inbox<Annotation> single = channel.annotations().changes().open();
      channel.attach();
      String serial = Objects.requireNonNull(channel.publish("n", "x").serial());
      inbox.take();
      Annotation thumb = Annotation.named("reaction:distinct.v1", "thumb");
      channel.annotations().publish(serial, thumb);
      Annotation heard = single.poll(PATIENCE).orElseThrow();
      assertEquals(AnnotationAction.CREATE, heard.action());
      assertEquals("thumb", heard.name());
      assertEquals(serial, heard.messageSerial());
      assertEquals("ann", heard.clientId());
      Message summary = inbox.poll(PATIENCE).orElseThrow();
      assertEquals(MessageAction.SUMMARY, summary.action());
      assertTrue(summary.summary().containsKey("reaction:distinct.v1"));
      assertEquals(
          List.of("thumb"),
          channel.annotations().get(serial, 10).stream().map(Annotation::name).toList());
      channel.annotations().delete(serial, thumb);
      assertEquals(AnnotationAction.DELETE, single.poll(PATIENCE).orElseThrow().action());
    }
  }

  @Test
  void annotationsAreNotHeardWithoutTheirMode() throws Exception {
    try (RealtimeClient client = client(Way.WEB_SOCKET_JSON)) {
      Channel channel = client.channel("no-mode");
      HoldfastException failure =
          assertThrows(HoldfastException.class, () -> channel.annotations().subscribe(one -> {}));
      assertEquals(93001, failure.code());
    }
  }

  @Test
  void encryptedDataIsReadWithItsKeyAlone() throws Exception {
    Cipher cipher = Cipher.of(Cipher.randomKey());
    try (RealtimeClient client = client(Way.WEB_SOCKET_MSGPACK);
        RestClient rest = RestClient.create(server().options().build())) {
      Channel channel = client.channel("secret", ChannelOptions.DEFAULT.cipher(cipher));
      Inbox<Message> inbox = channel.messages().open();
      channel.attach();
      channel.publish("n", Map.of("pin", 1234));
      assertEquals(Map.of("pin", 1234L), inbox.poll(PATIENCE).orElseThrow().data());
      Message without = rest.channel("secret").history(HistoryQuery.ALL).items().get(0);
      assertEquals("json/utf-8/cipher+aes-256-cbc", without.encoding());
      assertTrue(without.data() instanceof byte[]);
      Message with = rest.channel("secret", cipher).history(HistoryQuery.ALL).items().get(0);
      assertEquals(Map.of("pin", 1234L), with.data());
    }
  }

  @Test
  void aRewindBringsWhatCameBefore() throws Exception {
    try (RealtimeClient client = client(Way.WEB_SOCKET_MSGPACK)) {
      for (int i = 0; i < 5; i++) {
        client.channel("rewound").publish("n", "m" + i);
      }
      try (RealtimeClient late = client(Way.WEB_SOCKET_JSON)) {
        Channel channel = late.channel("rewound", ChannelOptions.DEFAULT.rewind(2));
        Inbox<Message> inbox = channel.messages().open();
        channel.attach();
        assertEquals("m3", inbox.poll(PATIENCE).orElseThrow().text());
        assertEquals("m4", inbox.poll(PATIENCE).orElseThrow().text());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void historyComesInPages(Way way) throws Exception {
    try (RealtimeClient client = client(way)) {
      Channel channel = client.channel("pages-" + way);
      List<String> all = new ArrayList<>();
      for (int i = 0; i < 25; i++) {
        channel.publish("n", "m" + i);
        all.add("m" + i);
      }
      Page<Message> page = channel.history(HistoryQuery.ALL.forwards().limit(10));
      assertEquals(10, page.items().size());
      assertTrue(page.hasNext());
      Page<Message> second = page.next().orElseThrow();
      assertEquals("m10", second.items().get(0).text());
      assertEquals("m0", second.first().orElseThrow().items().get(0).text());
      assertFalse(second.next().orElseThrow().hasNext());
      assertEquals(all, page.stream().map(Message::text).toList());
      assertEquals(
          all.reversed(),
          channel.history(HistoryQuery.ALL.limit(7)).stream().map(Message::text).toList());
      assertEquals(
          List.of(),
          channel.history(HistoryQuery.ALL.since(Instant.now().plusSeconds(60))).items());
    }
  }

  @ParameterizedTest
  @EnumSource
  void restDoesWhatAConnectionDoes(Way way) throws Exception {
    try (RestClient rest = RestClient.create(way.of(server().options()).clientId("bob").build())) {
      assertTrue(
          Duration.between(rest.time(), Instant.now()).abs().compareTo(Duration.ofMinutes(1)) < 0);
      RestChannel channel = rest.channel("rest/" + way + " ü:1");
      String serial = Objects.requireNonNull(channel.publish(Message.of("n", "a")).serial());
      channel.append(Message.builder().serial(serial).data("b").build(), Operation.NONE);
      assertEquals("ab", channel.message(serial).text());
      channel.update(Message.builder().serial(serial).data("c").build(), Operation.NONE);
      assertEquals("c", channel.history(HistoryQuery.ALL).items().get(0).text());
      assertEquals("bob", channel.message(serial).clientId());
      channel.annotate(serial, Annotation.named("reaction:distinct.v1", "thumb"));
      assertEquals(1, channel.annotations(serial, 10).items().size());
      channel.deleteAnnotation(serial, Annotation.named("reaction:distinct.v1", "thumb"));
      channel.delete(Message.builder().serial(serial).build(), Operation.NONE);
      assertEquals(MessageAction.DELETE, channel.message(serial).action());
      assertTrue(channel.versions(serial).items().size() >= 3);
      assertTrue(channel.status().containsKey("channelId"));
    }
  }

  @Test
  void aRepeatedRestPublishIsAppliedOnce() throws Exception {
    try (RestClient rest = RestClient.create(server().options().build())) {
      Message message = Message.builder().id("once:0").name("n").data("x").build();
      String first = rest.channel("once").publish(message).serial();
      assertEquals(first, rest.channel("once").publish(message).serial());
      assertEquals(1, rest.channel("once").history(HistoryQuery.ALL).items().size());
    }
  }

  @Test
  void aBatchTellsWhatBecameOfEachChannel() throws Exception {
    try (RestClient rest = RestClient.create(server().options().build());
        RealtimeClient client = client(Way.WEB_SOCKET_JSON)) {
      List<RestClient.Published> published =
          rest.publish(List.of("batch:1", "[bad", "batch:2"), List.of(Message.of("n", "x")));
      assertEquals(3, published.size());
      for (RestClient.Published each : published) {
        boolean bad = each.channel().equals("[bad");
        assertEquals(bad, each.error() != null, each.toString());
        assertEquals(bad ? 0 : 1, each.result().serials().size(), each.toString());
      }
      client.channel("batch:1").presence().enter("hello");
      List<RestClient.Present> present = rest.presence(List.of("batch:1", "batch:2"));
      assertEquals("ann", present.get(0).members().get(0).clientId());
      assertEquals("hello", present.get(0).members().get(0).text());
      assertEquals(List.of(), present.get(1).members());
      assertTrue(rest.channels("batch:").stream().toList().contains("batch:1"), "channels in use");
      assertEquals("ann", rest.channel("batch:1").presence().items().get(0).clientId());
      RestClient.Response response =
          rest.request("GET", "/channels/batch:1/messages", Map.of("limit", "1"), null);
      assertEquals(200, response.status());
    }
  }

  @Test
  void whatRestRefusesIsThrownWithItsCode() throws Exception {
    try (RestClient rest = RestClient.create(server().options().key("app.k:wrong").build())) {
      HoldfastException failure =
          assertThrows(
              HoldfastException.class, () -> rest.channel("x").publish(Message.of("n", "x")));
      assertEquals(40101, failure.code());
    }
  }

  @Test
  void aPingTakesSomeTime() throws Exception {
    try (RealtimeClient client = client(Way.COMET)) {
      client.connection().connect();
      assertTrue(client.connection().ping().compareTo(Duration.ofSeconds(10)) < 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void moreMessagesThanFitIntoAFrameAreRefusedAndTheConnectionStays(Way way) throws Exception {
    try (RealtimeClient client = client(way)) {
      client.connection().connect();
      Channel channel = client.channel("many");
      List<Message> many = java.util.Collections.nCopies(60_000, Message.of(null, "x"));
      HoldfastException refused =
          assertThrows(HoldfastException.class, () -> channel.publish(many));
      assertEquals(40009, refused.code());
      assertEquals(1_000, channel.publish(many.subList(0, 1_000)).serials().size());
      assertEquals(ConnectionState.CONNECTED, client.connection().state());
    }
  }

  @Test
  void aReleasedChannelIsForgotten() throws Exception {
    try (RealtimeClient client = client(Way.WEB_SOCKET_JSON)) {
      Channel channel = client.channel("released");
      Inbox<Message> inbox = channel.messages().open();
      channel.attach();
      client.release("released");
      inbox.iterator().forEachRemaining(heard -> {}); // ends, since its feed has
      assertEquals(ChannelState.DETACHED, channel.state());
      assertEquals(0, client.channels().size());
    }
  }
}

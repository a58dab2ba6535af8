package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.MessageAction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is said comes out as it was said, over every transport in every format. */
class RoundTripTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir private static Path folder;
  private static @Nullable ServerProcess server;

  @BeforeAll
  static void start() {
    server = ServerProcess.inMemory(folder);
  }

  @AfterAll
  static void stop() {
    server().close();
  }

  private static ServerProcess server() {
    return java.util.Objects.requireNonNull(server);
  }

  private static RealtimeClient client(Way way) {
    return RealtimeClient.create(way.of(server().options()).build());
  }

  @ParameterizedTest
  @EnumSource
  void publishedAndAppendedTextArrives(Way way) throws Exception {
    try (RealtimeClient agent = client(way);
        RealtimeClient reader = client(way)) {
      Channel heard = reader.channel("text-" + way);
      Inbox<Message> inbox = heard.messages().open();
      heard.attach();
      Channel channel = agent.channel("text-" + way);
      String serial =
          channel
              .publish(
                  Message.builder().name("answer").data("Once").extra("ai", Map.of("a", 1)).build())
              .serial();
      assertTrue(serial != null);
      String version = channel.append(serial, " upon").versionSerial();
      assertTrue(version != null && version.compareTo(serial) > 0, version);
      Message first = inbox.poll(PATIENCE).orElseThrow();
      assertEquals(MessageAction.CREATE, first.action());
      assertEquals("Once", first.text());
      assertEquals("answer", first.name());
      assertEquals(serial, first.serial());
      assertEquals(Map.of("ai", Map.of("a", 1L)), first.extras());
      Message next = inbox.poll(PATIENCE).orElseThrow();
      assertEquals(MessageAction.APPEND, next.action());
      assertEquals(" upon", next.text());
      assertEquals("Once upon", channel.message(serial).text());
      assertEquals(
          List.of("Once upon"),
          channel.history(HistoryQuery.ALL).stream().map(Message::text).toList());
    }
  }
}

package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Data;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.MessageAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many seeded lives of a publisher against a model of a server that loses frames, answers and whole
 * connections: what is acknowledged was applied once, and in order.
 */
class ChaosTest {
  private static final int STEPS = 300;

  /** What a server does with frames: applies each once, by its number and by its id. */
  private static final class Model {
    private final Map<String, String> serialByFrame = new HashMap<>();
    private final Map<String, String> serialById = new HashMap<>();
    final List<String> created = new ArrayList<>();
    final StringBuilder appended = new StringBuilder();
    private int serials;

    String apply(String connection, Frame.Messages frame) {
      io.holdfast.protocol.Message message = frame.messages().get(0);
      String key = connection + ":" + frame.msgSerial();
      String known = serialByFrame.get(key);
      if (known == null && message.id() != null) {
        known = serialById.get(message.id());
      }
      if (known == null) {
        known = "s" + ++serials;
        Data data = Objects.requireNonNull(message.data());
        if (message.action() == MessageAction.APPEND) {
          appended.append(data.asText());
        } else {
          created.add(data.asText());
        }
      }
      serialByFrame.put(key, known);
      if (message.id() != null) {
        serialById.put(message.id(), known);
      }
      return known;
    }
  }

  private final FakeServer server = new FakeServer();
  private final Model model = new Model();
  private int connections = 1;
  private String connection = "c1";
  private int read;

  /** The server reads some of what was sent, applies it and answers some of that. */
  private void serve(Random random, boolean answer) {
    FakeServer.Line line = server.line();
    List<Frame.Messages> sent = line.sent(Frame.Messages.class);
    int until = read + random.nextInt(sent.size() - read + 1);
    while (read < until) {
      Frame.Messages frame = sent.get(read++);
      String serial = model.apply(connection, frame);
      if (answer) {
        line.ack(frame.msgSerial(), 1, serial);
      }
    }
  }

  private void cut(Random random) {
    serve(random, false); // applied, and the answer is lost
    server.line().cut();
    int before = server.lines.size();
    for (int i = 0; i < 100 && server.lines.size() == before; i++) {
      server.world.pass(Duration.ofMillis(500));
    }
    read = 0;
    if (random.nextInt(4) == 0) {
      connection = "c" + ++connections;
      server.line().greetAnew(connection, connection + "!1");
    } else {
      server.line().greet(connection, connection + "!" + server.lines.size());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void whatIsAcknowledgedWasAppliedOnceAndInOrder(long seed) {
    Random random = new Random(seed);
    RealtimeClient client = server.client(server.options().random(new Random(seed)));
    server.line().greet(connection, "c1!1");
    Channel channel = client.channel("a");
    List<CompletableFuture<PublishResult>> publishes = new ArrayList<>();
    List<CompletableFuture<UpdateResult>> appends = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      switch (random.nextInt(6)) {
        case 0, 1 -> publishes.add(channel.publishAsync(Message.of("n", "m" + publishes.size())));
        case 2, 3 -> {
          String token = "<" + appends.size() + ">";
          Message message = Message.builder().serial("s0").data(token).build();
          appends.add(channel.appendAsync(message, Operation.NONE));
        }
        case 4 -> serve(random, true);
        default -> {
          if (random.nextInt(3) == 0) {
            cut(random);
          }
        }
      }
      server.world.settle();
    }
    while (read < server.line().sent(Frame.Messages.class).size()) {
      serve(random, true);
    }
    // what was applied but not answered before the last cut was sent again and is answered now
    List<String> all = new ArrayList<>();
    for (int i = 0; i < publishes.size(); i++) {
      assertTrue(publishes.get(i).join().serial() != null);
      all.add("m" + i);
    }
    assertEquals(all, model.created);
    String text = model.appended.toString();
    int at = -1;
    for (int i = 0; i < appends.size(); i++) {
      String token = "<" + i + ">";
      int first = text.indexOf(token);
      CompletableFuture<UpdateResult> append = appends.get(i);
      assertTrue(append.isDone(), token);
      assertEquals(first, text.lastIndexOf(token), token + " twice, seed " + seed);
      @Nullable String version =
          append.isCompletedExceptionally() ? null : append.join().versionSerial();
      if (version == null) {
        assertEquals(80018, FakeServer.code(append));
      } else {
        assertTrue(first > at, token + " in its place, seed " + seed);
      }
      at = Math.max(at, first);
    }
  }
}

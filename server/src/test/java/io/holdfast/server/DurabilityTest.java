package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is said before it is on disk: through the doors, with the engine's syncs held. */
class DurabilityTest {
  private static final int HEARTBEAT = 0;
  private static final int ACK = 1;
  private static final int ATTACHED = 11;
  private static final int MESSAGE = 15;
  private static final Pattern SYNCS =
      Pattern.compile("(?m)^holdfast_journal_syncs_total ([0-9.E]+)$");

  @TempDir private Path data;
  private final Gate gate = new Gate();
  private RunningServer server;

  /** Where the engine waits before each sync, once it is shut. */
  private static final class Gate implements Runnable {
    private final Semaphore waiting = new Semaphore(0);
    private final Semaphore pass = new Semaphore(0);
    private volatile boolean shut;

    @Override
    public void run() {
      if (shut) {
        waiting.release();
        pass.acquireUninterruptibly();
      }
    }

    void awaitSomebody() throws InterruptedException {
      assertTrue(waiting.tryAcquire(10, TimeUnit.SECONDS), "nothing was to be synced");
    }

    void open() {
      shut = false;
      pass.release(1_000);
    }
  }

  @BeforeEach
  void start() {
    server = RunningServer.onDisk(data, options -> options.withBeforeSync(gate));
  }

  @AfterEach
  void stop() {
    gate.open();
    server.close();
  }

  private static void roundTrip(Socket socket) throws Exception {
    socket.send("{\"action\":0,\"id\":\"there\"}");
    socket.await(HEARTBEAT);
  }

  /** Whatever the server would say by now has been said. */
  private void settle(Socket socket, int notYet) throws Exception {
    // Through the lane, to the engine's readers and back; then through the socket.
    assertEquals("[]", server.get("/channels/c/messages").body());
    socket.send("{\"action\":0,\"id\":\"there\"}");
    while (!socket.has(HEARTBEAT)) {
      Thread.onSpinWait();
    }
    assertFalse(socket.has(notYet));
    socket.await(HEARTBEAT);
  }

  @Test
  void aPublishIsNeitherAckedNorDeliveredBeforeItsSync() throws Exception {
    try (Socket reader = server.connected("");
        Socket writer = server.connected("")) {
      reader.send("{\"action\":10,\"channel\":\"c\"}");
      reader.await(ATTACHED);
      roundTrip(writer);
      gate.shut = true;
      WebSocketTest.publish(writer, "c", 0, "held");
      gate.awaitSomebody();
      for (int i = 0; i < 3; i++) {
        settle(writer, ACK);
        settle(reader, MESSAGE);
      }
      gate.open();
      writer.await(ACK);
      assertEquals("held", reader.await(MESSAGE).path("messages").path(0).path("data").asText());
    }
  }

  @Test
  void aPublishOverRestIsNotAnsweredBeforeItsSync() throws Exception {
    try (Socket reader = server.connected("")) {
      reader.send("{\"action\":10,\"channel\":\"c\"}");
      reader.await(ATTACHED);
      gate.shut = true;
      CompletableFuture<HttpResponse<String>> answer =
          server
              .http()
              .sendAsync(
                  server
                      .request("/channels/c/messages")
                      .POST(BodyPublishers.ofString("{\"data\":\"held\"}"))
                      .build(),
                  BodyHandlers.ofString());
      gate.awaitSomebody();
      for (int i = 0; i < 3; i++) {
        settle(reader, MESSAGE);
        assertFalse(answer.isDone());
      }
      gate.open();
      assertEquals(201, answer.get(10, TimeUnit.SECONDS).statusCode());
      assertEquals("held", reader.await(MESSAGE).path("messages").path(0).path("data").asText());
    }
  }

  @Test
  void theEnginesOwnLogIsSyncedBeforeEachAck() throws Exception {
    try (Socket writer = server.connected("")) {
      for (int i = 0; i < 20; i++) {
        double before = syncs();
        if (i % 2 == 0) {
          WebSocketTest.publish(writer, "c", i / 2, "x");
          writer.await(ACK);
        } else {
          assertEquals(201, server.post("/channels/c/messages", "{}").statusCode());
        }
        assertTrue(syncs() > before, "acknowledged without a sync");
      }
    }
  }

  private double syncs() throws Exception {
    Matcher syncs = SYNCS.matcher(server.get("/metrics").body());
    assertTrue(syncs.find());
    return Double.parseDouble(syncs.group(1));
  }

  @Test
  void aPublishWhoseSyncTakesTooLongIsAnsweredWithItsUncertainty() throws Exception {
    gate.shut = true;
    HttpResponse<String> answer = server.post("/channels/c/messages", "{\"data\":\"late\"}");
    assertEquals(504, answer.statusCode());
    assertEquals("50003", answer.headers().firstValue("X-Ably-Errorcode").orElse(""));
  }
}

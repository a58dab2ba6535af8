package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetryAfterTest {
  private static FullHttpResponse reply(String uri, Response response) {
    Request request =
        new Request("GET", Target.of(uri), new DefaultHttpHeaders(), new byte[0], true);
    return Replies.reply(request, response);
  }

  private static String header(ErrorInfo error) {
    return reply("/x", Response.fault(error)).headers().get("Retry-After");
  }

  @Test
  void itIsTheTimeKnownInWholeSecondsAndOneWhereNothingIsKnown() {
    ErrorInfo slow = ErrorCode.CHANNEL_RATE_LIMITED.info("it takes 1 a second");
    assertEquals("8", header(slow.after(7_001)));
    assertTrue(slow.after(7_001).message().endsWith("Try again in 8 s."));
    assertEquals("1", header(slow.after(40)));
    assertTrue(slow.after(40).message().endsWith("Try again in 40 ms."));
    assertEquals("1", header(ErrorCode.BUSY.info()));
    assertEquals("5", header(Refusal.stopping()));
    assertNull(header(ErrorCode.NOT_FOUND.info()));
    assertEquals(
        "1", reply("/healthz", Response.plain(503, "stopping")).headers().get("Retry-After"));
  }

  @Test
  void anEnvelopeHasItToo() {
    ErrorInfo error = ErrorCode.RATE_LIMITED.info("too many").after(3_000);
    String body =
        reply("/x?envelope=json", Response.fault(error)).content().toString(StandardCharsets.UTF_8);
    assertTrue(body.contains("\"headers\":{\"Retry-After\":\"3\"}"), body);
  }

  @Test
  void aPublishThatIsTooFastIsToldWhen(@TempDir Path files) throws Exception {
    Path config = files.resolve("slow.yaml");
    Files.writeString(config, "limits:\n  channelMessageRate: 1\n");
    try (RunningServer server = RunningServer.inMemory("--config", config.toString())) {
      HttpResponse<String> response = server.post("/channels/x/messages", "{\"data\":\"1\"}");
      for (int i = 0; i < 100 && response.statusCode() == 201; i++) {
        response = server.post("/channels/x/messages", "{\"data\":\"2\"}");
      }
      assertEquals(429, response.statusCode());
      assertEquals("1", response.headers().firstValue("Retry-After").orElse(""));
      assertTrue(response.body().contains("Try again in "), response.body());
    }
  }
}

package io.holdfast.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Format;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client's WebSocket that keeps the frames it is sent, as trees. */
final class Socket implements WebSocket.Listener, AutoCloseable {
  private static final int PATIENCE = 10;

  private final LinkedBlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final StringBuilder text = new StringBuilder();
  private byte[] bytes = new byte[0];
  private @Nullable WebSocket socket;

  static Socket open(HttpClient http, URI uri, @Nullable String authorization) throws Exception {
    Socket listener = new Socket();
    WebSocket.Builder builder = http.newWebSocketBuilder();
    if (authorization != null) {
      builder.header("Authorization", authorization);
    }
    listener.socket = builder.buildAsync(uri, listener).get(PATIENCE, TimeUnit.SECONDS);
    return listener;
  }

  private WebSocket socket() {
    if (socket == null) {
      throw new IllegalStateException("not open");
    }
    return socket;
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    text.append(part);
    if (last) {
      try {
        frames.add(Json.MAPPER.readTree(text.toString()));
      } catch (java.io.IOException e) {
        throw new AssertionError("not JSON: " + text, e);
      }
      text.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
    byte[] more = new byte[bytes.length + part.remaining()];
    System.arraycopy(bytes, 0, more, 0, bytes.length);
    part.get(more, bytes.length, part.remaining());
    bytes = last ? new byte[0] : more;
    if (last) {
      frames.add(Json.MAPPER.valueToTree(BodyCodec.decodeTree(Format.MSGPACK, more)));
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    closed.completeExceptionally(error);
  }

  void send(String frame) throws Exception {
    socket().sendText(frame, true).get(PATIENCE, TimeUnit.SECONDS);
  }

  void sendPart(String part, boolean last) throws Exception {
    socket().sendText(part, last).get(PATIENCE, TimeUnit.SECONDS);
  }

  void send(byte[] frame) throws Exception {
    socket().sendBinary(ByteBuffer.wrap(frame), true).get(PATIENCE, TimeUnit.SECONDS);
  }

  /** The next frame of an action; others before it are dropped. */
  JsonNode await(int action) throws Exception {
    while (true) {
      JsonNode frame = frames.poll(PATIENCE, TimeUnit.SECONDS);
      if (frame == null) {
        throw new AssertionError("no frame of action " + action + " has come");
      }
      if (frame.path("action").asInt() == action) {
        return frame;
      }
    }
  }

  /** Whether a frame of an action is there already. */
  boolean has(int action) {
    return frames.stream().anyMatch(frame -> frame.path("action").asInt() == action);
  }

  /** The code that the server closed with. */
  int closeCode() throws Exception {
    return closed.get(PATIENCE, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    socket().abort();
  }
}

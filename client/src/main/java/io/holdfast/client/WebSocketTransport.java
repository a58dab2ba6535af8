package io.holdfast.client;

import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.FrameCodec;
import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket of the JDK. Its threads read frames and hand them on; at most {@link #WINDOW} are
 * on their way to the loop, then the socket is not read. Frames to send wait in a queue that the
 * socket takes from as it can, one at a time, since the JDK's takes no more.
 */
final class WebSocketTransport implements Transport, WebSocket.Listener {
  private static final int WINDOW = 128;

  /** A frame that is larger is not a server's of this protocol; it breaks the transport. */
  private static final int FRAME_MAX = 16 << 20;

  private final Format format;
  private final Events events;
  private final CompletableFuture<WebSocket> opening;
  private final AtomicBoolean over = new AtomicBoolean();

  private final Queue<byte[]> waiting = new ConcurrentLinkedQueue<>();

  /** How many wait or are being sent; who raises it from 0 sends. */
  private final AtomicInteger unsent = new AtomicInteger();

  // Touched by the socket's reader alone.
  private final StringBuilder text = new StringBuilder();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private volatile @Nullable WebSocket socket;

  WebSocketTransport(HttpClient http, URI uri, Format format, Duration patience, Events events) {
    this.format = format;
    this.events = events;
    this.opening = http.newWebSocketBuilder().connectTimeout(patience).buildAsync(uri, this);
    CompletableFuture<?> unused =
        opening.whenComplete(
            (opened, error) -> {
              if (error != null) {
                lost(
                    unreachable(error) ? Loss.Kind.UNREACHABLE : Loss.Kind.REFUSED,
                    String.valueOf(reason(error)));
              }
            });
  }

  private static boolean unreachable(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException
          || (cause instanceof ConnectException
              && !(cause instanceof HttpConnectTimeoutException))) {
        return true;
      }
    }
    return false;
  }

  /** Never the address, which has credentials in it. */
  private static String reason(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return cause.getClass().getSimpleName();
  }

  private void lost(Loss.Kind kind, String detail) {
    if (over.compareAndSet(false, true)) {
      waiting.clear();
      events.lost(new Loss(kind, Fault.DISCONNECTED.info(detail)));
    }
  }

  @Override
  public void onOpen(WebSocket opened) {
    socket = opened;
    if (over.get()) {
      opened.abort();
      return;
    }
    events.opened();
    opened.request(WINDOW);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    text.append(part);
    if (text.length() > FRAME_MAX) {
      tooLarge(from);
    } else if (last) {
      byte[] utf8 = text.toString().getBytes(StandardCharsets.UTF_8);
      text.setLength(0);
      read(Format.JSON, utf8);
    } else {
      from.request(1);
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
    if (bytes.size() + part.remaining() > FRAME_MAX) {
      tooLarge(from);
      return null;
    }
    byte[] more = new byte[part.remaining()];
    part.get(more);
    if (last && bytes.size() == 0) {
      read(Format.MSGPACK, more);
      return null;
    }
    bytes.writeBytes(more);
    if (last) {
      byte[] all = bytes.toByteArray();
      bytes.reset();
      read(Format.MSGPACK, all);
    } else {
      from.request(1);
    }
    return null;
  }

  private void read(Format as, byte[] frame) {
    if (!over.get()) {
      events.frame(FrameCodec.decode(as, frame));
    }
  }

  private void tooLarge(WebSocket from) {
    from.abort();
    lost(Loss.Kind.BROKEN, "a frame of more than " + FRAME_MAX + " bytes");
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    lost(Loss.Kind.BROKEN, "closed with " + code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    lost(Loss.Kind.BROKEN, reason(error));
  }

  @Override
  public void taken(int frames) {
    WebSocket open = socket;
    if (open != null && !over.get()) {
      open.request(frames);
    }
  }

  @Override
  public void send(Frame frame) {
    if (over.get()) {
      return;
    }
    waiting.add(FrameCodec.encode(frame, format));
    if (unsent.getAndIncrement() == 0) {
      write();
    }
  }

  private void write() {
    while (true) {
      byte[] frame = waiting.poll();
      WebSocket open = socket;
      if (frame == null || open == null) {
        return; // it is over
      }
      CompletableFuture<WebSocket> sent =
          switch (format) {
            case JSON -> open.sendText(new String(frame, StandardCharsets.UTF_8), true);
            case MSGPACK -> open.sendBinary(ByteBuffer.wrap(frame), true);
          };
      if (!sent.isDone()) {
        CompletableFuture<?> unused =
            sent.whenComplete(
                (ok, error) -> {
                  if (error != null) {
                    lost(Loss.Kind.BROKEN, reason(error));
                  } else if (unsent.decrementAndGet() > 0) {
                    write();
                  }
                });
        return;
      }
      if (sent.isCompletedExceptionally()) {
        lost(Loss.Kind.BROKEN, "it cannot be written to");
        return;
      }
      if (unsent.decrementAndGet() == 0) {
        return;
      }
    }
  }

  @Override
  public void close() {
    if (over.compareAndSet(false, true)) {
      waiting.clear();
      opening.cancel(true);
    }
    WebSocket open = socket;
    if (open != null) {
      open.abort();
    }
  }
}

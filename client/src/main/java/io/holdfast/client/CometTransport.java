package io.holdfast.client;

import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.FrameCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Frames over requests that the server answers late (comet, long polling). Two virtual threads: one
 * always asks what there is, the other sends what waits, as one array at a time, none of which is
 * larger than a server takes. At most {@link #WINDOW} frames are on their way to the loop, then it
 * does not ask.
 */
final class CometTransport implements Transport {
  private static final int WINDOW = 256;
  private static final int ARRAY_MAX = 10_000;
  private static final int BATCH_MAX = 256;

  /** Of one array, unless a single frame is more: as much as servers let a frame have. */
  private static final int BATCH_BYTES = 512 << 10;

  /** Stands for the end among the frames that wait, none of which is empty. */
  private static final byte[] CLOSE = {};

  private static final Duration RECEIVE_PATIENCE = Duration.ofSeconds(90);

  private final HttpClient http;
  private final Addresses addresses;
  private final String host;
  private final Map<String, String> connectParams;
  private final Duration patience;
  private final Events events;
  private final AtomicBoolean over = new AtomicBoolean();
  private final String nonce;
  private final AtomicLong requests = new AtomicLong();
  private final Semaphore window = new Semaphore(WINDOW);

  /** Frames as they are written. */
  private final BlockingQueue<byte[]> waiting = new LinkedBlockingQueue<>();

  private final Thread receiver;
  private final Thread sender;

  private volatile Map<String, String> credentials;

  /** Null until the server has connected. */
  private volatile @Nullable String key;

  CometTransport(
      HttpClient http,
      Addresses addresses,
      Target target,
      Duration patience,
      String nonce,
      Events events) {
    this.http = http;
    this.nonce = nonce;
    this.addresses = addresses;
    this.host = target.host();
    this.patience = patience;
    this.events = events;
    connectParams = new LinkedHashMap<>(target.params());
    connectParams.put("stream", "false");
    connectParams.remove("format");
    credentials = Proof.only(target.params());
    receiver = Thread.ofVirtual().name("holdfast-comet-receive").unstarted(this::receive);
    sender = Thread.ofVirtual().name("holdfast-comet-send").unstarted(this::sendAll);
    receiver.start();
  }

  private void receive() {
    try {
      HttpResponse<byte[]> first = get("/comet/connect", connectParams, patience);
      if (!good(first, Loss.Kind.REFUSED)) {
        return;
      }
      events.opened();
      sender.start();
      take(first.body());
      while (!over.get()) {
        String path = key == null ? "" : "/comet/" + Addresses.encoded(key) + "/recv";
        if (path.isEmpty()) {
          lost(Loss.Kind.REFUSED, Fault.DISCONNECTED.info("the server did not connect it"));
          return;
        }
        HttpResponse<byte[]> answer = get(path, credentials, RECEIVE_PATIENCE);
        if (!good(answer, Loss.Kind.BROKEN)) {
          return;
        }
        take(answer.body());
      }
    } catch (ConnectException e) {
      lost(Loss.Kind.UNREACHABLE, Fault.DISCONNECTED.info("the server cannot be reached"));
    } catch (IOException e) {
      lost(
          key == null ? Loss.Kind.REFUSED : Loss.Kind.BROKEN,
          Fault.DISCONNECTED.info(e.getClass().getSimpleName()));
    } catch (InterruptedException e) {
      // closed
    }
  }

  private HttpResponse<byte[]> get(String path, Map<String, String> params, Duration wait)
      throws IOException, InterruptedException {
    return http.send(request(path, params, wait).GET().build(), BodyHandlers.ofByteArray());
  }

  /** Each has a number of its own, by which the server knows one that is repeated on the way. */
  private HttpRequest.Builder request(String path, Map<String, String> params, Duration wait) {
    Map<String, String> query = new LinkedHashMap<>(params);
    query.put("rnd", nonce + requests.incrementAndGet());
    URI uri = addresses.http(host, path, query);
    return HttpRequest.newBuilder(uri).timeout(wait).header("Accept", "application/json");
  }

  /** Whether it was answered well; otherwise says what is wrong. */
  private boolean good(HttpResponse<byte[]> answer, Loss.Kind kind) throws InterruptedException {
    if (answer.statusCode() < 400) {
      return true;
    }
    ErrorInfo error = Answers.error(answer.statusCode(), Format.JSON, answer.body());
    // Only the server's own word is about the connection. A status without one is of something in
    // between, such as a proxy whose server is being started again, and passes.
    if (error.code() / 10_000 == 4 && Answers.said(Format.JSON, answer.body()) != null) {
      tell(new Decoded.Ok(new Frame.ProtocolError(null, error)));
    }
    lost(kind, error);
    return false;
  }

  private void take(byte[] body) throws InterruptedException {
    if (body.length == 0) {
      return;
    }
    List<byte[]> frames = FrameCodec.split(body, ARRAY_MAX);
    if (frames == null) {
      lost(Loss.Kind.BROKEN, Fault.UNREADABLE.info("no array of frames"));
      return;
    }
    for (byte[] bytes : frames) {
      Decoded frame = FrameCodec.decode(Format.JSON, bytes);
      if (frame instanceof Decoded.Ok(Frame.Connected connected)) {
        key = connected.details().connectionKey();
      }
      tell(frame);
    }
  }

  private void tell(Decoded frame) throws InterruptedException {
    window.acquire();
    if (!over.get()) {
      events.frame(frame);
    }
  }

  private void lost(Loss.Kind kind, ErrorInfo error) {
    if (over.compareAndSet(false, true)) {
      events.lost(new Loss(kind, error));
      stop();
    }
  }

  private void stop() {
    waiting.clear();
    receiver.interrupt();
    sender.interrupt();
  }

  private void sendAll() {
    try {
      byte @Nullable [] next = waiting.take();
      while (!over.get()) {
        ByteArrayOutputStream array = new ByteArrayOutputStream();
        for (int i = 0; next != null && fits(next, i, array.size()); i++) {
          array.write(i == 0 ? '[' : ',');
          array.writeBytes(next);
          next = waiting.poll();
        }
        if (array.size() > 0) {
          array.write(']');
          answered(post(array.toByteArray()));
        }
        if (next != null && next.length == 0) {
          answered(get(path() + "/close", credentials, patience));
          next = null;
        }
        if (next == null) {
          next = waiting.take();
        }
      }
    } catch (IOException e) {
      lost(Loss.Kind.BROKEN, Fault.DISCONNECTED.info(e.getClass().getSimpleName()));
    } catch (InterruptedException e) {
      // closed
    }
  }

  private static boolean fits(byte[] frame, int frames, int bytes) {
    return frame.length > 0
        && frames < BATCH_MAX
        && (frames == 0 || bytes + frame.length < BATCH_BYTES);
  }

  private String path() {
    return "/comet/" + Addresses.encoded(String.valueOf(key));
  }

  private HttpResponse<byte[]> post(byte[] array) throws IOException, InterruptedException {
    HttpRequest request =
        request(path() + "/send", credentials, patience)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(array))
            .build();
    return http.send(request, BodyHandlers.ofByteArray());
  }

  private void answered(HttpResponse<byte[]> answer) throws InterruptedException {
    if (good(answer, Loss.Kind.BROKEN)) {
      take(answer.body());
    }
  }

  @Override
  public void send(Frame frame) {
    if (!over.get()) {
      // Written here, where whoever sends what cannot be is told so.
      waiting.add(frame instanceof Frame.Close ? CLOSE : FrameCodec.encode(frame, Format.JSON));
    }
  }

  @Override
  public void taken(int frames) {
    window.release(frames);
  }

  @Override
  public void authorised(Map<String, String> shown) {
    credentials = shown;
  }

  @Override
  public void close() {
    if (over.compareAndSet(false, true)) {
      stop();
    }
  }
}

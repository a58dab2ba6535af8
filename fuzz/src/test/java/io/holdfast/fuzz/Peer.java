package io.holdfast.fuzz;

import io.holdfast.connections.ConnectRequest;
import io.holdfast.connections.Connections;
import io.holdfast.connections.Link;
import io.holdfast.connections.Transport;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.FrameCodec;
import io.holdfast.protocol.SharedFrame;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A client's end of a transport: looks at all it is sent. */
final class Peer implements Transport {
  /** Codes by which we say that something failed on our side: never a client's doing. */
  private static final int OURS_FROM = 50_000;

  private static final int OURS_TO = 50_001;

  private final Executor executor;
  private @Nullable Link link;
  private @Nullable String key;
  private @Nullable String serial;
  private boolean writable = true;
  private boolean reading = true;
  private boolean closed;

  Peer(Executor executor) {
    this.executor = executor;
  }

  void open(Connections connections, ConnectRequest request) {
    executor.execute(() -> link = connections.open(this, request));
  }

  /** The key of its connection, once it has one. */
  @Nullable String key() {
    return key;
  }

  /** The serial of what it published last, once it was told. */
  @Nullable String serial() {
    return serial;
  }

  boolean closed() {
    return closed;
  }

  /** Bytes of a frame come, unless the socket is not read: then they are given back. */
  boolean receive(Format format, byte[] bytes) {
    Link to = link;
    if (to == null || !reading || closed) {
      return false;
    }
    to.received(FrameCodec.decode(format, bytes), bytes.length);
    return true;
  }

  void stall(boolean stalled) {
    writable = !stalled;
    Link to = link;
    if (to != null && !closed) {
      to.writabilityChanged();
    }
  }

  void alive() {
    Link to = link;
    if (to != null && !closed) {
      to.alive();
    }
  }

  /** The socket breaks. */
  void cut() {
    closed = true;
    executor.execute(
        () -> {
          Link to = link;
          if (to != null) {
            to.lost();
          }
        });
  }

  // ---- as the server sees it ----

  @Override
  public Executor executor() {
    return executor;
  }

  @Override
  public Format format() {
    return Format.JSON;
  }

  @Override
  public boolean writable() {
    return writable;
  }

  @Override
  public void write(SharedFrame shared) {
    Frame frame = shared.frame();
    for (Format format : Format.values()) {
      if (!(FrameCodec.decode(format, shared.bytes(format)) instanceof Decoded.Ok)) {
        throw new AssertionError("cannot be read as " + format + ": " + frame);
      }
    }
    switch (frame) {
      case Frame.Connected connected -> key = connected.details().connectionKey();
      case Frame.Ack ack when !ack.results().isEmpty() -> {
        var serials = ack.results().getLast().serials();
        serial = serials.isEmpty() ? serial : serials.getLast();
      }
      case Frame.Nack nack -> ours(nack.error());
      case Frame.Disconnected disconnected -> ours(disconnected.error());
      case Frame.ProtocolError error -> ours(error.error());
      case Frame.Detached detached -> ours(detached.error());
      default -> {} // nothing to be seen in it
    }
  }

  private static void ours(@Nullable ErrorInfo error) {
    if (error != null && error.code() >= OURS_FROM && error.code() <= OURS_TO) {
      throw new AssertionError("a client has made the server fail: " + error);
    }
  }

  @Override
  public void flush() {}

  @Override
  public void ping() {}

  @Override
  public void reading(boolean on) {
    reading = on;
  }

  @Override
  public void close() {
    closed = true;
    executor.execute(
        () -> {
          Link to = link;
          if (to != null) {
            to.lost();
          }
        });
  }
}

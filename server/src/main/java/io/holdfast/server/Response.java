package io.holdfast.server;

import io.holdfast.protocol.ErrorInfo;
import io.netty.handler.codec.http.FullHttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** An answer over HTTP, not yet in any format. */
sealed interface Response {
  int status();

  /**
   * Values, in the format that was asked for.
   *
   * @param links to other pages, each a value of the header
   */
  record Tree(int status, Object body, List<String> links) implements Response {
    public Tree {
      links = List.copyOf(links);
    }
  }

  /** What went wrong. */
  record Fault(ErrorInfo error) implements Response {
    @Override
    public int status() {
      return error.statusCode();
    }
  }

  /** Some of it went wrong: the error for the whole, and what came of each part. */
  record Mixed(ErrorInfo error, List<?> parts) implements Response {
    public Mixed {
      parts = List.copyOf(parts);
    }

    @Override
    public int status() {
      return error.statusCode();
    }
  }

  /** Text that has no other form. */
  record Plain(int status, String type, String text) implements Response {}

  /** What is in its form already. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Bytes(String type, byte[] body) implements Response {
    @Override
    public int status() {
      return 200;
    }
  }

  /**
   * Drawn up already, off the event loop, as it is large.
   *
   * @param unsent counts the bytes of such answers while they are on their way
   */
  record Drawn(FullHttpResponse reply, AtomicLong unsent) implements Response {
    @Override
    public int status() {
      return reply.status().code();
    }
  }

  /** Headers only: a preflight's, or nothing at all. */
  record Empty(int status, Map<String, String> headers) implements Response {
    public Empty {
      headers = Map.copyOf(headers);
    }
  }

  static Response nothing() {
    return new Empty(204, Map.of());
  }

  static Response ok(Object body) {
    return new Tree(200, body, List.of());
  }

  static Response created(Object body) {
    return new Tree(201, body, List.of());
  }

  static Response fault(ErrorInfo error) {
    return new Fault(error);
  }

  static Response plain(int status, String text) {
    return new Plain(status, "text/plain", text);
  }

  /** The error it is, or null. */
  default @Nullable ErrorInfo fault() {
    return this instanceof Fault(ErrorInfo error) ? error : null;
  }
}

package io.holdfast.server;

import io.holdfast.journal.JournalException;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows every path of REST and what answers there. */
final class Rest {
  private static final Logger log = LoggerFactory.getLogger(Rest.class);
  private static final int PATIENCE_MS = 9_000;
  private static final String ANY = "*";
  private static final String PREFLIGHT_AGE = "7200";

  /** Answers requests of one path and method. May throw a {@link Refusal}. */
  interface Route {
    CompletableFuture<Response> answer(Request request);
  }

  private record Place(List<String> path, Map<String, Route> methods) {
    boolean at(List<String> segments) {
      if (segments.size() != path.size()) {
        return false;
      }
      for (int i = 0; i < path.size(); i++) {
        if (!path.get(i).equals(ANY) && !path.get(i).equals(segments.get(i))) {
          return false;
        }
      }
      return true;
    }
  }

  private final List<Place> places = new ArrayList<>();

  /**
   * Adds what answers at a path.
   *
   * @param path with {@code *} for a segment that may be anything
   */
  Rest on(String method, String path, Route route) {
    List<String> segments = List.of(path.substring(1).split("/", -1));
    for (Place place : places) {
      if (place.path.equals(segments)) {
        place.methods.put(method, route);
        return this;
      }
    }
    places.add(new Place(segments, new TreeMap<>(Map.of(method, route))));
    return this;
  }

  /** Answers, on any thread; never fails. */
  CompletableFuture<Response> answer(Request request) {
    try {
      return route(request)
          .answer(request)
          .completeOnTimeout(
              Response.fault(ErrorCode.TIMEOUT.info()), PATIENCE_MS, TimeUnit.MILLISECONDS)
          .exceptionally(failure -> Response.fault(error(failure)));
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(Response.fault(error(e)));
    }
  }

  private Route route(Request request) {
    Place place = place(request.target().segments());
    if (request.method().equals("OPTIONS")) {
      return asked -> CompletableFuture.completedFuture(preflight(asked));
    }
    if (place == null) {
      throw new Refusal(ErrorCode.NOT_FOUND.info("nothing is at this path"));
    }
    Route route = place.methods.get(request.method().equals("HEAD") ? "GET" : request.method());
    if (route == null) {
      throw new Refusal(
          ErrorCode.METHOD_NOT_ALLOWED.info(
              "this path takes " + String.join(", ", place.methods.keySet())));
    }
    return route;
  }

  private @Nullable Place place(List<String> segments) {
    for (Place place : places) {
      if (place.at(segments)) {
        return place;
      }
    }
    return null;
  }

  private static Response preflight(Request request) {
    Map<String, String> headers = new TreeMap<>();
    headers.put("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    String wanted = request.headers().get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS);
    if (wanted != null) {
      headers.put("Access-Control-Allow-Headers", wanted);
    }
    headers.put("Access-Control-Max-Age", PREFLIGHT_AGE);
    return new Response.Empty(204, headers);
  }

  private static ErrorInfo error(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return switch (cause) {
      case Refusal refusal -> refusal.error();
      case JournalException journal -> journal(journal);
      default -> {
        log.error("a request failed on a fault of ours", cause);
        yield ErrorCode.INTERNAL.info();
      }
    };
  }

  private static ErrorInfo journal(JournalException failure) {
    return switch (failure.reason()) {
      case NO_SPACE -> Refusal.full();
      case BUSY -> ErrorCode.BUSY.info();
      case CLOSED -> Refusal.stopping();
      case UNKNOWN -> ErrorCode.TIMEOUT.info();
      case HELD, NEWER_FORMAT, UNREADABLE -> {
        log.error("the journal cannot be read", failure);
        yield ErrorCode.INTERNAL.info();
      }
    };
  }
}

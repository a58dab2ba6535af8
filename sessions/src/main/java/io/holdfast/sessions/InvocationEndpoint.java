package io.holdfast.sessions;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.holdfast.client.Json;
import io.holdfast.protocol.ErrorInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where clients tell an agent that there is something to answer: a POST with an {@link Invocation}
 * as JSON. {@link #reply} is for any framework, {@link #httpHandler} for the JDK's server. Safe for
 * any thread.
 */
public final class InvocationEndpoint {
  /** Larger bodies are refused. */
  private static final int BODY_MAX = 64 * 1024;

  private static final String NOT_TAKEN = "The invocation could not be taken. Try again.";

  private final Accepting accepting;

  /** An endpoint that hands invocations to this. */
  public InvocationEndpoint(Accepting accepting) {
    this.accepting = accepting;
  }

  /** Takes invocations. */
  public interface Accepting {
    /**
     * Takes this to be answered, and returns before it is: the work goes on elsewhere. What this
     * throws is told to the client where it is a {@link SessionException} for which the client is
     * to blame (a status below 500); anything else goes to the thread's handler of uncaught
     * exceptions, and the client learns only that it went wrong.
     *
     * @param json all fields of the body, the application's among them
     * @return the ids that the client is told; those that are null it is not
     */
    RunIdentity accept(Invocation invocation, Map<String, @Nullable Object> json);
  }

  /** What an HTTP server answers: a status and a body of JSON. */
  public record Reply(int status, String json) {}

  /** The answer to a POST with this body. */
  public Reply reply(String body) {
    Map<String, @Nullable Object> json = JsonTree.asObject(JsonTree.parseOrNull(body));
    Invocation invocation;
    try {
      invocation = Invocation.of(json);
    } catch (SessionException e) {
      return failure(e.error());
    }
    try {
      RunIdentity identity = accepting.accept(invocation, json == null ? Map.of() : json);
      Map<String, Object> told = new LinkedHashMap<>();
      if (identity.runId() != null) {
        told.put("runId", identity.runId());
      }
      if (identity.invocationId() != null) {
        told.put("invocationId", identity.invocationId());
      }
      return new Reply(200, Json.write(told));
    } catch (SessionException e) {
      ErrorInfo error = e.error();
      return error.statusCode() < 500
          ? failure(error)
          : broken(e, new ErrorInfo(error.code(), error.statusCode(), NOT_TAKEN, null));
    } catch (RuntimeException e) {
      return broken(e, SessionError.INTERNAL.info("The invocation could not be taken"));
    }
  }

  /** What went wrong inside is nothing to tell a stranger, but whoever runs this has to know. */
  private static Reply broken(RuntimeException cause, ErrorInfo told) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, cause);
    return failure(told);
  }

  private static Reply failure(ErrorInfo error) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("code", error.code());
    told.put("statusCode", error.statusCode());
    told.put("message", error.message());
    return new Reply(error.statusCode(), Json.write(Map.of("error", told)));
  }

  /** A handler for {@code HttpServer.createContext}. */
  public HttpHandler httpHandler() {
    return this::handle;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Reply reply;
      if (!exchange.getRequestMethod().equals("POST")) {
        exchange.getResponseHeaders().set("Allow", "POST");
        reply = failure(new ErrorInfo(40500, 405, "An invocation is sent by POST.", null));
      } else {
        byte[] body;
        try (InputStream in = exchange.getRequestBody()) {
          body = in.readNBytes(BODY_MAX + 1);
        }
        reply =
            body.length > BODY_MAX
                ? failure(new ErrorInfo(40009, 413, "The invocation is larger than 64 KiB.", null))
                : reply(new String(body, StandardCharsets.UTF_8));
      }
      byte[] json = reply.json().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(reply.status(), json.length);
      exchange.getResponseBody().write(json);
    }
  }
}

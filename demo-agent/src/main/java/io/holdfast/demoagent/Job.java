package io.holdfast.demoagent;

import io.holdfast.client.Json;
import io.holdfast.sessions.Invocation;
import io.holdfast.sessions.RunIdentity;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the host tells the agent, a line each. */
sealed interface Job {
  /** Where the server is and what lets one in; {@code key} is a secret. */
  record Hello(int port, String key) implements Job {
    @Override
    public String toString() {
      return "Hello[" + port + "]";
    }
  }

  /** Somebody looks at this session: be there. */
  record Open(String session) implements Job {}

  /**
   * Answer an input.
   *
   * @param identity the ids the host gave the run, so that one agent after the other can see
   *     whether it was opened before
   */
  record Run(String session, Invocation invocation, RunIdentity identity) implements Job {}

  /**
   * Reads a line; null for what this version does not know.
   *
   * @throws IllegalArgumentException when it is no JSON
   */
  static @Nullable Job parse(String line) {
    if (!(Json.parse(line) instanceof Map<?, ?> fields)) {
      throw new IllegalArgumentException("a line that is no JSON object");
    }
    return switch (text(fields, "type")) {
      case "hello" ->
          new Hello(
              fields.get("port") instanceof Number port ? port.intValue() : 0, text(fields, "key"));
      case "open" -> new Open(text(fields, "session"));
      case "run" ->
          new Run(
              text(fields, "session"),
              fields.get("invocation") instanceof Map<?, ?> invocation
                  ? new Invocation(
                      text(invocation, "inputEventId"), text(invocation, "sessionName"))
                  : new Invocation("", ""),
              new RunIdentity(text(fields, "runId"), text(fields, "invocationId")));
      default -> null;
    };
  }

  private static String text(Map<?, ?> fields, String name) {
    return fields.get(name) instanceof String text ? text : "";
  }
}

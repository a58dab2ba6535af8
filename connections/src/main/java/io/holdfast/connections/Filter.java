package io.holdfast.connections;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.burt.jmespath.Expression;
import io.burt.jmespath.RuntimeConfiguration;
import io.burt.jmespath.function.AbsFunction;
import io.burt.jmespath.function.ContainsFunction;
import io.burt.jmespath.function.EndsWithFunction;
import io.burt.jmespath.function.FunctionRegistry;
import io.burt.jmespath.function.LengthFunction;
import io.burt.jmespath.function.NotNullFunction;
import io.burt.jmespath.function.StartsWithFunction;
import io.burt.jmespath.function.ToNumberFunction;
import io.burt.jmespath.function.TypeFunction;
import io.burt.jmespath.parser.ParseException;
import io.holdfast.channels.MessageFilter;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Message;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A derived channel's filter: a JMESPath expression over a message's fields. Its cost is bounded:
 * it may say nothing that makes values larger than the message, such as lists and objects of its
 * own, has no functions but those that look at one value, and what looks at too much of a message
 * does not pass it ({@link Sparing}).
 */
final class Filter implements MessageFilter {
  private static final int MAX_LENGTH = 1_024;
  private static final int MAX_DEPTH = 32;

  /** Data beyond this is not looked at, bytes. */
  private static final int MAX_DATA = 64 * 1024;

  private static final List<String> FUNCTIONS =
      List.of(
          "abs", "contains", "ends_with", "length", "not_null", "starts_with", "to_number", "type");

  /** A call, up to its bracket. */
  private static final Pattern CALL = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)\\s*\\($");

  private static final JsonMapper JSON = new JsonMapper();
  private static final Sparing RUNTIME =
      new Sparing(
          RuntimeConfiguration.builder()
              .withFunctionRegistry(
                  new FunctionRegistry(
                      new AbsFunction(),
                      new ContainsFunction(),
                      new EndsWithFunction(),
                      new LengthFunction(),
                      new NotNullFunction(),
                      new StartsWithFunction(),
                      new ToNumberFunction(),
                      new TypeFunction()))
              .build());

  /** The message looked at last: many filters look at one after the other. */
  private static final ThreadLocal<@Nullable Document> LAST = new ThreadLocal<>();

  /** A message as filters see it. */
  private record Document(Message message, boolean withData, JsonNode root) {}

  private final String text;
  private final Expression<JsonNode> expression;
  private final boolean ofData;

  private Filter(String text, Expression<JsonNode> expression) {
    this.text = text;
    this.expression = expression;
    this.ofData = text.contains("data");
  }

  /**
   * The filter of a qualifier.
   *
   * @throws IllegalArgumentException with a sentence for the client when it is none
   */
  static Filter of(String base64) {
    String text;
    try {
      byte[] bytes = Base64.getDecoder().decode(base64.replace('-', '+').replace('_', '/'));
      text = new String(bytes, StandardCharsets.UTF_8).strip();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the filter is not base64", e);
    }
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "the filter is an expression of 1 to " + MAX_LENGTH + " characters");
    }
    String costly = costly(text);
    if (costly != null) {
      throw new IllegalArgumentException("the filter must not hold " + costly);
    }
    String stranger = stranger(text);
    if (stranger != null) {
      throw new IllegalArgumentException(
          "the filter calls '"
              + stranger
              + "', and the functions it may call are "
              + String.join(", ", FUNCTIONS));
    }
    try {
      return new Filter(text, RUNTIME.compile(text));
    } catch (ParseException e) {
      throw new IllegalArgumentException("the filter is not a JMESPath expression", e);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "the filter calls a function with the wrong number of arguments", e);
    }
  }

  /** A function called in an expression that filters do not have; null for none. */
  private static @Nullable String stranger(String text) {
    Matcher calls = CALL.matcher(text);
    int quoted = 0;
    for (int at = 0; at < text.length(); at++) {
      if ("'\"`".indexOf(text.charAt(at)) >= 0) {
        at = end(text, at);
        quoted = at + 1;
      } else if (text.charAt(at) == '(' && calls.region(quoted, at + 1).find()) {
        String name = calls.group(1);
        if (!FUNCTIONS.contains(name)) {
          return name;
        }
      }
    }
    return null;
  }

  /** What in an expression could make it costly; null for nothing. */
  private static @Nullable String costly(String text) {
    int depth = 0;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      switch (c) {
        case '\'', '"', '`' -> at = end(text, at);
        case '{' -> {
          return "objects of its own";
        }
        case '[' -> {
          if (at + 1 < text.length() && "0123456789-:*?]".indexOf(text.charAt(at + 1)) < 0) {
            return "lists of its own";
          }
          depth++;
        }
        case '(', '!' -> depth++;
        case '&' -> {
          if (at + 1 >= text.length() || text.charAt(at + 1) != '&') {
            return "references to expressions";
          }
          at++;
        }
        default -> {
          // a name, a number or an operator
        }
      }
    }
    return depth > MAX_DEPTH ? "so many brackets" : null;
  }

  /** Where what is quoted from here on ends. */
  private static int end(String text, int from) {
    int at = from + 1;
    while (at < text.length() && text.charAt(at) != text.charAt(from)) {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    return at;
  }

  @Override
  public boolean passes(Message message) {
    JsonNode document = document(message);
    try {
      return RUNTIME.sparingly(() -> RUNTIME.isTruthy(expression.search(document)));
    } catch (RuntimeException e) {
      // compares what cannot be compared, or looks at too much
      return false;
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very same: to compare takes longer than to read
  private JsonNode document(Message message) {
    Document last = LAST.get();
    if (last == null || last.message != message || (ofData && !last.withData)) {
      last = new Document(message, ofData, read(message));
      LAST.set(last);
    }
    return last.root;
  }

  private JsonNode read(Message message) {
    ObjectNode document = JSON.createObjectNode();
    document.put("name", message.name());
    document.put("id", message.id());
    document.put("clientId", message.clientId());
    document.put("connectionId", message.connectionId());
    document.put("timestamp", message.timestamp());
    document.put("encoding", message.encoding());
    if (message.extras() != null) {
      JsonNode extras = parsed(message.extras().json());
      document.set("extras", extras);
      document.set("headers", extras.path("headers"));
    }
    Data data = message.data();
    if (ofData && data != null && data.kind() == Data.Kind.TEXT && data.length() <= MAX_DATA) {
      boolean json = "json".equals(message.encoding());
      if (json) {
        document.set("data", parsed(data.asText()));
      } else {
        document.put("data", data.asText());
      }
    }
    return document;
  }

  private static JsonNode parsed(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      return JSON.nullNode();
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Filter that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}

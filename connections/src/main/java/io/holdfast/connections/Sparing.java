package io.holdfast.connections;

import com.fasterxml.jackson.databind.JsonNode;
import io.burt.jmespath.RuntimeConfiguration;
import io.burt.jmespath.jackson.JacksonRuntime;
import java.util.Collection;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Evaluates expressions, and gives those up that look at more values than they may. */
final class Sparing extends JacksonRuntime {
  /** Values that one evaluation may look at; about a millisecond. */
  private static final int VALUES = 10_000;

  /** Text of so many characters costs as much as a value. */
  private static final int TEXT = 64;

  private static final int PLENTY = Integer.MAX_VALUE;

  private final ThreadLocal<int[]> left = ThreadLocal.withInitial(() -> new int[] {PLENTY});

  Sparing(RuntimeConfiguration configuration) {
    super(configuration);
  }

  /**
   * Asks something of an expression.
   *
   * @throws IllegalStateException when it looks at too much
   */
  boolean sparingly(BooleanSupplier question) {
    int[] budget = left.get();
    budget[0] = VALUES;
    try {
      return question.getAsBoolean();
    } finally {
      budget[0] = PLENTY;
    }
  }

  private void spend(int values) {
    int[] budget = left.get();
    budget[0] -= 1 + values;
    if (budget[0] < 0) {
      throw new IllegalStateException("the filter looks at too much of the message");
    }
  }

  @Override
  public JsonNode getProperty(JsonNode value, JsonNode name) {
    spend(0);
    return super.getProperty(value, name);
  }

  @Override
  public List<JsonNode> toList(JsonNode value) {
    spend(value.size());
    return super.toList(value);
  }

  @Override
  public Collection<JsonNode> getPropertyNames(JsonNode value) {
    spend(value.size());
    return super.getPropertyNames(value);
  }

  @Override
  public String toString(JsonNode value) {
    String text = super.toString(value);
    spend(text.length() / TEXT);
    return text;
  }
}

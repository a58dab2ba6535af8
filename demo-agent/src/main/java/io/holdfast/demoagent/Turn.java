package io.holdfast.demoagent;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a model is told of a conversation, one thing after the other. */
sealed interface Turn {
  /** Somebody said this. */
  record Asked(String text) implements Turn {}

  /** The agent said this, called these tools, or both. */
  record Answered(String text, List<Call> calls) implements Turn {}

  /** What became of a call. */
  record Result(Call call, Outcome outcome) implements Turn {}

  /** A call of a tool; {@code input} is a JSON value. */
  record Call(String id, String tool, @Nullable Object input) {}

  /** How a call ended. */
  sealed interface Outcome {
    /** The tool gave this. */
    record Given(Map<String, ?> value) implements Outcome {}

    /** Somebody did not allow it. */
    record Denied() implements Outcome {}

    /** It went wrong. */
    record Failed(String why) implements Outcome {}
  }
}

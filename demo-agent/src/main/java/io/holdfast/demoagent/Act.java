package io.holdfast.demoagent;

import java.util.Map;

/** One thing that the rehearsed model does. */
sealed interface Act {
  /** It says this. */
  record Says(String text) implements Act {}

  /** It thinks this. */
  record Thinks(String text) implements Act {}

  /** It calls a tool. */
  record Calls(String tool, Map<String, Object> input) implements Act {}

  /** It fails, as it was asked to. */
  record Fails(String why) implements Act {}
}

package io.holdfast.simulator;

import io.holdfast.journal.MemorySignals;
import io.holdfast.nodes.Nodes;
import org.jspecify.annotations.Nullable;

/**
 * What a run of a node knows of the others.
 *
 * @param signals what they are heard by; null for one that has no others
 */
record Colleagues(Nodes nodes, @Nullable MemorySignals signals) {
  static Colleagues none(String boot) {
    return new Colleagues(Nodes.alone(boot), null);
  }

  void crash() {
    if (signals != null) {
      signals.crash();
    }
  }

  void sayGoodbye() {
    nodes.close();
    if (signals != null) {
      signals.close();
    }
  }

  /** Nothing is heard of or by it. */
  void cut(boolean now) {
    if (signals != null) {
      signals.cut(now);
    }
  }
}

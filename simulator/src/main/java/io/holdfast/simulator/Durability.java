package io.holdfast.simulator;

/** Nothing is delivered that is not durable, and nothing ephemeral is stored. */
final class Durability {
  static final String NAME = "durable first";

  private Durability() {}
}

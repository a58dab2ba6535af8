package io.holdfast.journal;

/** Which way to read. */
public enum Direction {
  FORWARDS,
  BACKWARDS
}

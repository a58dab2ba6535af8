package io.holdfast.channels;

/** What a client is told of shared objects in messages. */
public enum InbandObjects {
  /** The objects, at first and whenever they change. */
  WHOLE,
  /** That they have changed, and where to read them. */
  NOTICES
}

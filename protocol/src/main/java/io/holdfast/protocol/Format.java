package io.holdfast.protocol;

/** How a frame is written on a transport. */
public enum Format {
  JSON,
  MSGPACK
}

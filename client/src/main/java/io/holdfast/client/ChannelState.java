package io.holdfast.client;

/** How a channel stands with the server (RTL2). */
public enum ChannelState {
  /** Nothing has been asked of it yet. */
  INITIALIZED,
  /** The server has been asked to attach it, or will be once there is a connection. */
  ATTACHING,
  /** What is published to it arrives here. */
  ATTACHED,
  /** The server has been asked to detach it. */
  DETACHING,
  /** Nothing arrives. It was asked for, or the connection was closed. */
  DETACHED,
  /** It could not be kept attached; it is attached again by itself. */
  SUSPENDED,
  /** It cannot be attached, for the reason given; {@link Channel#attach} tries again. */
  FAILED
}

package io.holdfast.connections;

/** What holds on a channel by its namespace. */
public interface ChannelRules {
  /** Whether messages can be updated, deleted and appended to. */
  boolean mutable(String app, String channel);
}

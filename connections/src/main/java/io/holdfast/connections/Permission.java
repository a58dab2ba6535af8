package io.holdfast.connections;

/** What credentials may allow on a channel. */
public enum Permission {
  SUBSCRIBE,
  PUBLISH,
  PRESENCE,
  HISTORY,
  MESSAGE_UPDATE_OWN,
  MESSAGE_UPDATE_ANY,
  MESSAGE_DELETE_OWN,
  MESSAGE_DELETE_ANY,
  ANNOTATION_PUBLISH,
  ANNOTATION_SUBSCRIBE,
  CHANNEL_METADATA,
  PRIVILEGED_HEADERS
}

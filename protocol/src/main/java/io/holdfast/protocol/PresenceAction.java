package io.holdfast.protocol;

/** What a presence message says (TP2). The ordinal is the wire's number. */
public enum PresenceAction {
  ABSENT,
  PRESENT,
  ENTER,
  LEAVE,
  UPDATE
}

package io.holdfast.protocol;

/** What a message does to the message with its serial (TM5). The ordinal is the wire's number. */
public enum MessageAction {
  CREATE,
  UPDATE,
  DELETE,
  META,
  SUMMARY,
  APPEND
}

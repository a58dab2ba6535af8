package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/** What a message does to the message with its serial (TM5). */
public enum MessageAction {
  CREATE(0),
  UPDATE(1),
  DELETE(2),
  META(3),
  SUMMARY(4),
  APPEND(5);

  private static final MessageAction[] ALL = values();

  private final int number;

  MessageAction(int number) {
    this.number = number;
  }

  /** The action the wire's number stands for, or null when we know none. */
  public static @Nullable MessageAction of(long number) {
    for (MessageAction action : ALL) {
      if (action.number == number) {
        return action;
      }
    }
    return null;
  }

  /** The wire's number. */
  public int number() {
    return number;
  }
}

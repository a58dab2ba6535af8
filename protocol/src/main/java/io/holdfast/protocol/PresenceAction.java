package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/** What a presence message says (TP2). */
public enum PresenceAction {
  ABSENT(0),
  PRESENT(1),
  ENTER(2),
  LEAVE(3),
  UPDATE(4);

  private static final PresenceAction[] ALL = values();

  private final int number;

  PresenceAction(int number) {
    this.number = number;
  }

  /** The action the wire's number stands for, or null when we know none. */
  public static @Nullable PresenceAction of(long number) {
    for (PresenceAction action : ALL) {
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

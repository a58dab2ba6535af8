package io.holdfast.sessions;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who speaks in a message. */
public enum Role {
  /** Somebody who asks. */
  USER,
  /** The agent. */
  ASSISTANT,
  /** The application itself. */
  SYSTEM;

  /** As it stands on the wire. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The role of this name; {@code USER} when there is none of it. */
  static Role of(@Nullable String name) {
    for (Role role : values()) {
      if (role.wireName().equals(name)) {
        return role;
      }
    }
    return USER;
  }
}

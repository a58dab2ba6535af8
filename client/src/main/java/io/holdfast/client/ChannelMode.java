package io.holdfast.client;

import io.holdfast.protocol.Flags;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What an attachment is for (TB2d). What the credentials do not allow is not granted. */
public enum ChannelMode {
  /** Entering, updating and leaving presence. */
  PRESENCE(Flags.PRESENCE),
  /** Publishing messages. */
  PUBLISH(Flags.PUBLISH),
  /** Receiving messages. */
  SUBSCRIBE(Flags.SUBSCRIBE),
  /** Receiving who is present. */
  PRESENCE_SUBSCRIBE(Flags.PRESENCE_SUBSCRIBE),
  /** Publishing annotations. */
  ANNOTATION_PUBLISH(Flags.ANNOTATION_PUBLISH),
  /** Receiving single annotations; their summaries come with {@link #SUBSCRIBE}. */
  ANNOTATION_SUBSCRIBE(Flags.ANNOTATION_SUBSCRIBE),
  /** Receiving shared objects. */
  OBJECT_SUBSCRIBE(Flags.OBJECT_SUBSCRIBE),
  /** Changing shared objects. */
  OBJECT_PUBLISH(Flags.OBJECT_PUBLISH);

  private final long flag;

  ChannelMode(long flag) {
    this.flag = flag;
  }

  static long flags(Collection<ChannelMode> modes) {
    long flags = 0;
    for (ChannelMode mode : modes) {
      flags |= mode.flag;
    }
    return flags;
  }

  static Set<ChannelMode> of(long flags) {
    EnumSet<ChannelMode> modes = EnumSet.noneOf(ChannelMode.class);
    for (ChannelMode mode : values()) {
      if ((flags & mode.flag) != 0) {
        modes.add(mode);
      }
    }
    return Collections.unmodifiableSet(modes);
  }
}

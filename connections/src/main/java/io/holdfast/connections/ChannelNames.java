package io.holdfast.connections;

import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import org.jspecify.annotations.Nullable;

/** Which names a channel can have (2.1 of the reference: 40010). */
public final class ChannelNames {
  private static final int MAX_LENGTH = 2_048;

  private ChannelNames() {}

  /** The name a channel is stored under, whatever qualifier it is given with. */
  public static String plain(String name) {
    return name.startsWith("[") ? QualifiedName.of(name).channel() : name;
  }

  /** Whether a name is of a derived channel: one that a filter makes of another. */
  public static boolean derived(String name) {
    return name.startsWith("[") && QualifiedName.of(name).filter() != null;
  }

  /** Whether a channel is the server's own: it speaks there and clients only listen. */
  public static boolean meta(String name) {
    return plain(name).startsWith("[meta]");
  }

  /** Why a name cannot be used; null for one that can. */
  public static @Nullable ErrorInfo fault(String name) {
    if (name.isEmpty()) {
      return ErrorCode.INVALID_CHANNEL_NAME.info("the channel name is empty");
    }
    if (name.startsWith(":")) {
      return ErrorCode.INVALID_CHANNEL_NAME.info("the channel name starts with ':'");
    }
    if (name.startsWith("[") && name.indexOf(']') < 0) {
      return ErrorCode.INVALID_CHANNEL_NAME.info(
          "the channel name starts with '[' and its qualifier is never closed");
    }
    String rest = name.startsWith("[") ? name.substring(name.indexOf(']') + 1) : name;
    // one qualifier behind another would be judged by the first and looked up by the second
    if (rest.isEmpty() || rest.startsWith(":") || rest.startsWith("[")) {
      return ErrorCode.INVALID_CHANNEL_NAME.info("a qualifier is not followed by a channel name");
    }
    if (name.length() > MAX_LENGTH) {
      return ErrorCode.INVALID_CHANNEL_NAME.info(
          "the channel name is longer than " + MAX_LENGTH + " characters");
    }
    if (name.chars().anyMatch(c -> c < 0x20)) {
      return ErrorCode.INVALID_CHANNEL_NAME.info("the channel name holds control characters");
    }
    return null;
  }
}

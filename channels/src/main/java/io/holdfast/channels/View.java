package io.holdfast.channels;

import io.holdfast.protocol.Flags;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an attachment sees its channel.
 *
 * @param name what the client calls the channel: its name with the qualifier it was attached by
 * @param modes granted mode bits
 * @param echo whether it hears its own messages
 * @param params recognised channel params, to be told back
 * @param wholeAppends whether each append comes as the whole message
 * @param deltas whether data may come as the difference to the message before
 * @param filter the messages it wants; null for all
 * @param occupancy what it is told of who is on the channel; null for nothing
 * @param objects what it is told of the shared objects in messages; null for nothing
 */
public record View(
    String name,
    long modes,
    boolean echo,
    Map<String, String> params,
    boolean wholeAppends,
    boolean deltas,
    @Nullable MessageFilter filter,
    @Nullable String occupancy,
    @Nullable InbandObjects objects) {
  public View {
    params = java.util.Collections.unmodifiableMap(params);
  }

  /** A plain one. */
  public static View of(String name, long modes, boolean echo) {
    return new View(name, modes, echo, Map.of(), false, false, null, null, null);
  }

  boolean has(long mode) {
    return (modes & mode) != 0;
  }

  /** Whether the shared objects must be in memory for it. */
  boolean showsObjects() {
    return has(Flags.OBJECT_SUBSCRIBE) || objects != null;
  }

  boolean hearsMessages() {
    return has(Flags.SUBSCRIBE);
  }
}

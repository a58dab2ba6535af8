package io.holdfast.client;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a channel is attached (TB).
 *
 * @param params what the server is asked for, such as {@code rewind}; with {@code delta} of {@code
 *     vcdiff} messages come as differences to one another, and are told whole
 * @param modes what it is attached for; empty for the server's choice: all but the single
 *     annotations and objects
 * @param cipher encrypts data, or null
 */
public record ChannelOptions(
    Map<String, String> params, Set<ChannelMode> modes, @Nullable Cipher cipher) {
  /** Nothing in particular. */
  public static final ChannelOptions DEFAULT = new ChannelOptions(Map.of(), Set.of(), null);

  /** Copies what it is given. */
  public ChannelOptions {
    params = Collections.unmodifiableMap(new LinkedHashMap<>(params));
    modes = modes.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(modes));
  }

  /** The same with one more parameter. */
  public ChannelOptions param(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(params);
    more.put(name, value);
    return new ChannelOptions(more, modes, cipher);
  }

  /** The same, attached for these. */
  public ChannelOptions modes(ChannelMode... wanted) {
    return new ChannelOptions(params, Set.of(wanted), cipher);
  }

  /** The same, beginning with the last messages that were published before it was attached. */
  public ChannelOptions rewind(int messages) {
    return param("rewind", Integer.toString(messages));
  }

  /** The same, beginning with what was published within this time before it was attached. */
  public ChannelOptions rewind(Duration time) {
    return param("rewind", time.toSeconds() + "s");
  }

  /** The same with its data encrypted. */
  public ChannelOptions cipher(Cipher wanted) {
    return new ChannelOptions(params, modes, wanted);
  }
}

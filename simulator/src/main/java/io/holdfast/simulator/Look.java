package io.holdfast.simulator;

import io.holdfast.protocol.Flags;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a client looks at a channel: plainly, or by a name that says what it wants to have left out
 * or told in another way.
 *
 * @param channel the channel's own name
 * @param given the name it is attached by
 * @param sieve the messages it wants; null for all
 * @param deltas data as the difference to the message before
 * @param whole each append as the whole message
 */
record Look(String channel, String given, @Nullable Sieve sieve, boolean deltas, boolean whole) {
  static Look plain(String channel) {
    return new Look(channel, channel, null, false, false);
  }

  static Look some(Dice dice, String channel) {
    Sieve sieve = dice.percent(50) ? dice.of(Sieve.values()) : null;
    boolean deltas = sieve == null ? dice.percent(75) : dice.percent(40);
    boolean whole = (sieve == null && !deltas) || dice.percent(15);
    List<String> params = new ArrayList<>();
    if (deltas) {
      params.add("delta=vcdiff");
    }
    if (whole) {
      params.add("appendMode=full");
    }
    String kind = sieve == null ? "" : "filter=" + sieve.encoded();
    String query = params.isEmpty() ? "" : "?" + String.join("&", params);
    return new Look(channel, "[" + kind + query + "]" + channel, sieve, deltas, whole);
  }

  /** The same without differences, for those who cannot read them. */
  Look undiffering() {
    String name = given.replace("?delta=vcdiff&", "?").replace("?delta=vcdiff", "");
    return new Look(channel, name.replace("[]", ""), sieve, false, whole);
  }

  /** A second look at a channel is for messages alone. */
  long modes() {
    return given.equals(channel) ? 0 : Flags.SUBSCRIBE;
  }
}

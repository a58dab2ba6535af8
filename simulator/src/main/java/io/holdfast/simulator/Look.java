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
 * @param objects whether it shares objects there too
 */
record Look(
    String channel,
    String given,
    @Nullable Sieve sieve,
    boolean deltas,
    boolean whole,
    boolean objects) {
  static Look plain(String channel) {
    return new Look(channel, channel, null, false, false, false);
  }

  /** The same, sharing objects. */
  Look sharing() {
    return new Look(channel, given, sieve, deltas, whole, true);
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
    return new Look(channel, "[" + kind + query + "]" + channel, sieve, deltas, whole, false);
  }

  /** The same without differences, for those who cannot read them. */
  Look undiffering() {
    String name = given.replace("?delta=vcdiff&", "?").replace("?delta=vcdiff", "");
    return new Look(channel, name.replace("[]", ""), sieve, false, whole, false);
  }

  /** What an ATTACH asks for; 0 for the standard modes. */
  long asks() {
    return objects ? Flags.DEFAULT_MODES | Flags.OBJECT_SUBSCRIBE | Flags.OBJECT_PUBLISH : modes();
  }

  /** A second look at a channel is for messages alone. */
  long modes() {
    return given.equals(channel) ? 0 : Flags.SUBSCRIBE;
  }
}

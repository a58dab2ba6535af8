package io.holdfast.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How fast a connection may publish, by resource, as a JWT says in claims such as {@code
 * ably.limits.publish.perAttachment.maxRate.chat:*}.
 */
record PublishRates(List<Limit> limits) {
  static final PublishRates NONE = new PublishRates(List.of());

  private static final String CLAIM = "ably.limits.publish.perAttachment.maxRate.";
  private static final int MAX_LIMITS = 100;

  /** Messages a second on each of some channels. */
  record Limit(Resource resource, double rate) {}

  PublishRates {
    limits = List.copyOf(limits);
  }

  /**
   * Those among a JWT's claims.
   *
   * @throws IllegalArgumentException with a sentence for the client when one is none
   */
  static PublishRates of(Map<String, Object> claims) {
    List<Limit> limits = new ArrayList<>();
    claims.forEach(
        (name, value) -> {
          if (name.startsWith(CLAIM)) {
            limits.add(new Limit(Resource.of(name.substring(CLAIM.length())), rate(name, value)));
          }
        });
    if (limits.size() > MAX_LIMITS) {
      throw new IllegalArgumentException("it has more than " + MAX_LIMITS + " limits");
    }
    return new PublishRates(limits);
  }

  private static double rate(String claim, Object value) {
    double rate = value instanceof Number number ? number.doubleValue() : Double.NaN;
    if (!(rate > 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException("its " + claim + " is not a number above 0");
    }
    return rate;
  }

  /** The least of those that mean a channel; 0 when none does. */
  double of(String channel) {
    return limits.stream()
        .filter(limit -> limit.resource().matches(channel))
        .mapToDouble(Limit::rate)
        .min()
        .orElse(0);
  }
}

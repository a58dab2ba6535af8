package io.holdfast.server;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and sizes as people write them: {@code 90d}, {@code 500ms}, {@code 64KiB}. */
final class Quantity {
  private static final Pattern FORM = Pattern.compile("(\\d{1,12}) ?([A-Za-z]*)");

  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  private static final Map<String, Long> BYTES =
      Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

  private Quantity() {}

  /**
   * A time with its unit; 0 needs none.
   *
   * @throws IllegalArgumentException with what is expected
   */
  static Duration duration(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    return Duration.ofMillis(parsed(text, MILLIS, "a time such as 500ms, 15s, 10m, 12h or 90d"));
  }

  /**
   * A number of bytes.
   *
   * @throws IllegalArgumentException with what is expected
   */
  static long bytes(String text) {
    return parsed(text, BYTES, "a size such as 65536, 64KiB, 8MiB or 1GiB");
  }

  private static long parsed(String text, Map<String, Long> units, String expected) {
    Matcher matcher = FORM.matcher(text);
    Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
    if (unit == null) {
      throw new IllegalArgumentException("must be " + expected + ", not \"" + text + '"');
    }
    return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
  }
}

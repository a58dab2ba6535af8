package io.holdfast.fold;

/** Fixed-width numbers of digits and lower-case letters, which sort as strings. */
final class Base36 {
  private static final int RADIX = 36;

  private Base36() {}

  static void append(StringBuilder to, long value, int width) {
    int end = to.length() + width;
    to.setLength(end);
    long rest = value;
    for (int i = end - 1; i >= end - width; i--) {
      to.setCharAt(i, Character.forDigit((int) (rest % RADIX), RADIX));
      rest /= RADIX;
    }
    if (rest != 0) {
      throw new IllegalArgumentException(value + " does not fit " + width + " digits");
    }
  }

  /** The value, or -1 if a character is not a digit of ours. */
  static long parse(String text, int from, int width) {
    long value = 0;
    for (int i = from; i < from + width; i++) {
      char c = text.charAt(i);
      int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' ? c - 'a' + 10 : -1;
      if (digit < 0) {
        return -1;
      }
      value = value * RADIX + digit;
    }
    return value;
  }
}

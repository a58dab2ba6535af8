package io.holdfast.objects;

/** How long a text is as UTF-8. */
final class Utf8 {
  private Utf8() {}

  /** In bytes; a lone surrogate counts as the replacement character does. */
  static int length(String text) {
    int length = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x800) {
        length += 2;
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (pair) {
          // four bytes, of which the two characters count as two already
          i++;
        }
      } else if (c >= 0x80) {
        length++;
      }
    }
    return length;
  }
}

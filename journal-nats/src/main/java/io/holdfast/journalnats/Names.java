package io.holdfast.journalnats;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Strings as tokens of a subject and as bytes.
 *
 * <p>A token keeps letters, digits, {@code -} and {@code _}; every other UTF-16 unit is {@code =}
 * and four hex digits, so that any string comes back, also one with half a surrogate pair. A lone
 * {@code =} is the empty string. What would be longer than {@link #TOKEN_MAX} is {@code =h} and a
 * hash; whoever stores such a thing keeps its name beside it.
 */
final class Names {
  static final int TOKEN_MAX = 160;
  private static final String HASHED = "=h";
  private static final String PLAIN =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private Names() {}

  static String token(String text) {
    String escaped = escaped(text);
    if (escaped.length() <= TOKEN_MAX) {
      return escaped;
    }
    byte[] hash = hash(escaped.getBytes(StandardCharsets.US_ASCII));
    return HASHED + Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
  }

  static boolean isHashed(String token) {
    return token.startsWith(HASHED);
  }

  static String escaped(String text) {
    if (text.isEmpty()) {
      return "=";
    }
    StringBuilder token = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (PLAIN.indexOf(c) >= 0) {
        token.append(c);
      } else {
        token.append('=');
        for (int shift = 12; shift >= 0; shift -= 4) {
          token.append(HEX[c >> shift & 15]);
        }
      }
    }
    return token.toString();
  }

  static String unescaped(String token) {
    if (token.equals("=")) {
      return "";
    }
    StringBuilder text = new StringBuilder(token.length());
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      if (c == '=') {
        text.append((char) Integer.parseInt(token, i + 1, i + 5, 16));
        i += 4;
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  static byte[] hash(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** UTF-8 that also takes lone surrogates; its order as unsigned bytes is that of code points. */
  static byte[] utf8(String text) {
    byte[] bytes = new byte[text.length() * 3];
    int n = 0;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (point < 0x80) {
        bytes[n++] = (byte) point;
      } else if (point < 0x800) {
        bytes[n++] = (byte) (0xc0 | point >> 6);
        bytes[n++] = tail(point);
      } else if (point < 0x10000) {
        bytes[n++] = (byte) (0xe0 | point >> 12);
        bytes[n++] = tail(point >> 6);
        bytes[n++] = tail(point);
      } else {
        bytes[n++] = (byte) (0xf0 | point >> 18);
        bytes[n++] = tail(point >> 12);
        bytes[n++] = tail(point >> 6);
        bytes[n++] = tail(point);
      }
    }
    return Arrays.copyOf(bytes, n);
  }

  private static byte tail(int bits) {
    return (byte) (0x80 | (bits & 0x3f));
  }

  static String text(byte[] utf8) {
    StringBuilder text = new StringBuilder(utf8.length);
    for (int i = 0; i < utf8.length; ) {
      int lead = utf8[i] & 0xff;
      int more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
      int point = more == 0 ? lead : lead & (0x3f >> more);
      for (int k = 1; k <= more; k++) {
        point = (point << 6) | (utf8[i + k] & 0x3f);
      }
      i += more + 1;
      text.appendCodePoint(point);
    }
    return text.toString();
  }
}

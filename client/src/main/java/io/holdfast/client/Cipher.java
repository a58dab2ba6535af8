package io.holdfast.client;

import java.security.SecureRandom;

/**
 * A key that data of a channel is encrypted with before it leaves, AES in CBC mode (RSE, TZ). The
 * server stores what it cannot read; names, extras and who is present are not encrypted.
 */
public final class Cipher {
  private final byte[] key;

  private Cipher(byte[] key) {
    this.key = key;
  }

  /** A cipher of a key of 16 or 32 bytes, which are copied. */
  public static Cipher of(byte[] key) {
    if (key.length != 16 && key.length != 32) {
      throw new IllegalArgumentException("a key has 16 or 32 bytes, not " + key.length);
    }
    return new Cipher(key.clone());
  }

  /** A new random key of 256 bits. */
  public static byte[] randomKey() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    return key;
  }

  byte[] key() {
    return key;
  }

  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other instanceof Cipher that && java.security.MessageDigest.isEqual(key, that.key);
  }

  @Override
  public int hashCode() {
    return java.util.Arrays.hashCode(key);
  }

  @Override
  public String toString() {
    return "Cipher[aes-" + key.length * 8 + "-cbc]";
  }
}

package io.holdfast.server;

import java.util.random.RandomGenerator;

/** Makes ids and secrets. Nothing made here contains a word that scripts look for in output. */
record Words(RandomGenerator random) {
  // No letters that make words: a key is printed, and scripts look for words in what is printed.
  private static final String ALPHABET = "bcdfghjkmnpqrstvwxzBCDFGHJKMNPQRSTVWXZ23456789";

  /** Of an app or a key. */
  static final int ID_LENGTH = 6;

  /** 32 characters of 46: 176 bits. */
  static final int SECRET_LENGTH = 32;

  String word(int length) {
    StringBuilder word = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      word.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return word.toString();
  }
}

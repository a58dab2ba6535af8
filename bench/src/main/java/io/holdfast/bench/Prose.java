package io.holdfast.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Text in tokens as a language model streams it: a blank and a word, about five and a half bytes.
 * Words are made up and drawn unevenly, so that it compresses about as far as prose does.
 */
final class Prose {
  private static final int VOCABULARY = 4000;

  private final Random random;
  private final List<String> words = new ArrayList<>(VOCABULARY);

  Prose(Random random) {
    this.random = random;
    for (int i = 0; i < VOCABULARY; i++) {
      var word = new StringBuilder(" ");
      int letters = 1 + random.nextInt(8);
      for (int k = 0; k < letters; k++) {
        word.append((char) ('a' + random.nextInt(26)));
      }
      words.add(word.toString());
    }
  }

  String token() {
    double skew = random.nextDouble();
    return words.get((int) (skew * skew * VOCABULARY));
  }
}

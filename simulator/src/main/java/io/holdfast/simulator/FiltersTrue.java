package io.holdfast.simulator;

import io.holdfast.fold.Cursor;
import io.holdfast.fold.Serial;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whoever filters a channel is told what passes, and nothing else. */
final class FiltersTrue {
  static final String NAME = "filters are true";

  private FiltersTrue() {}

  /**
   * Something of a message has come. What is told again, or late, is judged by how the message
   * stands by then: so some version from the one told on must pass.
   *
   * @param from the version told; null for any
   */
  static void mayCome(Sieve sieve, TrueMessage message, @Nullable String from, String what) {
    for (TrueVersion version : message.versions()) {
      if ((from == null || version.serial().compareTo(from) >= 0) && sieve.passes(version)) {
        return;
      }
    }
    throw new Broken(NAME, what + " came through " + sieve + " as " + from + ": " + message);
  }

  /** A message created behind {@code since} that passed is known, whatever it became. */
  static void complete(
      Sieve sieve, TrueChannel truth, Copies copies, Cursor since, Set<String> own, String what) {
    String after = new Serial(since, Serial.MAX_ITEMS - 1).toString();
    for (TrueMessage message : truth.messages().values()) {
      Copy copy = copies.copy(message.serial());
      TrueVersion created = message.versions().getFirst();
      boolean missed = copy == null && owed(sieve, created, after, own);
      // a change that is told late is judged by what came after it, of whomever
      TrueVersion latest = message.latest();
      boolean behind = copy == null || copy.version().compareTo(latest.serial()) < 0;
      if (missed || (behind && owed(sieve, latest, after, own))) {
        throw new Broken(NAME, what + " lacks " + message + " that passes " + sieve + ": " + copy);
      }
    }
  }

  private static boolean owed(Sieve sieve, TrueVersion version, String after, Set<String> own) {
    boolean heard = !own.contains(String.valueOf(version.connectionId()));
    return heard && version.serial().compareTo(after) > 0 && sieve.passes(version);
  }

  /**
   * The messages of which what annotations add up to is owed. One that passes by what its reader
   * has said itself, and does not hear, did not when it was annotated.
   */
  static List<TrueMessage> summarised(
      @Nullable Sieve sieve, TrueChannel truth, Cursor since, Set<String> own) {
    String after = new Serial(since, Serial.MAX_ITEMS - 1).toString();
    return truth.messages().values().stream()
        .filter(message -> sieve == null || owed(sieve, message.latest(), after, own))
        .toList();
  }
}

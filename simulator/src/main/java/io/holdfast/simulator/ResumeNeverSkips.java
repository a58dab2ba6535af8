package io.holdfast.simulator;

import io.holdfast.fold.Cursor;
import io.holdfast.fold.Serial;
import io.holdfast.protocol.Message;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An attached client's copy of a message is, after every frame, the version that the frame names,
 * and in the end it has all that happened since it attached.
 */
final class ResumeNeverSkips {
  static final String NAME = "resume never skips";

  private ResumeNeverSkips() {}

  /**
   * Whoever is told to go on where it was must find all that lies between.
   *
   * @param deletedBefore how far the channel had been deleted when the client was there
   * @param deleted and when it asked to go on
   */
  static void noHole(
      TrueChannel truth, @Nullable Cursor from, long deletedBefore, long deleted, String client) {
    if (from != null && deleted > deletedBefore && from.position() < deleted) {
      throw new Broken(
          NAME,
          client + " goes on from " + from + ", and " + truth + " is deleted through " + deleted);
    }
  }

  /** After a frame. */
  static void sameAs(TrueVersion version, String text, String what) {
    if (!version.text().equals(text)) {
      NothingAppliedTwice.inCopy(text, version.text(), what);
      throw new Broken(NAME, what + " is " + text + " and not " + version.text());
    }
  }

  /**
   * Name and extras come with every frame: the version's own, or for a delta told again a later
   * one's, since the log does not keep what an append left as it was.
   */
  static void dressedAs(TrueMessage message, TrueVersion version, Message as, String what) {
    boolean named = false;
    boolean dressed = false;
    String extras = TrueChannel.json(as.extras());
    for (TrueVersion each : message.versions()) {
      if (each.serial().compareTo(version.serial()) >= 0) {
        named |= Objects.equals(each.name(), as.name());
        dressed |= Objects.equals(each.extras(), extras);
      }
    }
    if (!named || !dressed) {
      throw new Broken(NAME, what + " is dressed as " + as + " and not as " + version);
    }
  }

  /**
   * At rest.
   *
   * @param since where the client's knowledge begins
   * @param own connections whose messages it does not want to hear
   */
  static void complete(
      TrueChannel truth, Copies copies, Cursor since, Set<String> own, String what) {
    String after = new Serial(since, Serial.MAX_ITEMS - 1).toString();
    for (TrueMessage message : truth.messages().values()) {
      TrueVersion last = null;
      for (TrueVersion version : message.versions()) {
        boolean heard = !own.contains(String.valueOf(version.connectionId()));
        if (heard && version.serial().compareTo(after) > 0) {
          last = version;
        }
      }
      Copy copy = copies.copy(message.serial());
      if (last != null && (copy == null || copy.version().compareTo(last.serial()) < 0)) {
        throw new Broken(
            NAME,
            what + " lacks version " + last.serial() + " of " + message.serial() + ", has " + copy);
      }
    }
  }
}

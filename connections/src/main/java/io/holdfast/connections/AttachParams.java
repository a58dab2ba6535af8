package io.holdfast.connections;

import io.holdfast.channels.Rewind;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an ATTACH asks for: modes and channel params (2.1 of the reference).
 *
 * @param modes mode bits
 * @param known the params that mean something to us, as they came
 */
record AttachParams(long modes, boolean echo, @Nullable Rewind rewind, Map<String, String> known) {

  /** The outcome of reading one. */
  sealed interface Read {
    record Good(AttachParams params) implements Read {}

    record Bad(ErrorInfo error) implements Read {}
  }

  static Read read(Frame.Attach frame) {
    long modes = frame.flags() & Flags.MODES;
    Map<String, String> known = new LinkedHashMap<>();
    String wanted = frame.params().get("modes");
    if (wanted != null) {
      modes = modes(wanted);
      if (modes < 0) {
        return bad("the modes '" + wanted + "' are not all known");
      }
      known.put("modes", wanted);
    }
    Rewind rewind = null;
    String back = frame.params().get("rewind");
    if (back != null) {
      rewind = rewind(back);
      if (rewind == null) {
        return bad(
            "rewind is a number of messages or a time such as 15s or 2m, not '" + back + "'");
      }
      known.put("rewind", back);
    }
    String echo = frame.params().get("echo");
    if (echo != null) {
      known.put("echo", echo);
    }
    if (modes == 0) {
      modes = Flags.DEFAULT_MODES;
    }
    Rewind wantedRewind =
        rewind == null || (rewind.count() == 0 && rewind.millis() == 0) ? null : rewind;
    return new Read.Good(new AttachParams(modes, !"false".equals(echo), wantedRewind, known));
  }

  private static Read bad(String what) {
    return new Read.Bad(ErrorCode.BAD_REQUEST.info(what));
  }

  private static long modes(String list) {
    long modes = 0;
    for (String word : list.split(",", -1)) {
      long mode = mode(word.strip().toUpperCase(Locale.ROOT));
      if (mode == 0) {
        return -1;
      }
      modes |= mode;
    }
    return modes;
  }

  private static long mode(String word) {
    return switch (word) {
      case "PRESENCE" -> Flags.PRESENCE;
      case "PUBLISH" -> Flags.PUBLISH;
      case "SUBSCRIBE" -> Flags.SUBSCRIBE;
      case "PRESENCE_SUBSCRIBE" -> Flags.PRESENCE_SUBSCRIBE;
      case "ANNOTATION_PUBLISH" -> Flags.ANNOTATION_PUBLISH;
      case "ANNOTATION_SUBSCRIBE" -> Flags.ANNOTATION_SUBSCRIBE;
      case "OBJECT_SUBSCRIBE" -> Flags.OBJECT_SUBSCRIBE;
      case "OBJECT_PUBLISH" -> Flags.OBJECT_PUBLISH;
      default -> 0;
    };
  }

  private static @Nullable Rewind rewind(String text) {
    int end = text.length();
    char unit = end == 0 ? 'x' : text.charAt(end - 1);
    boolean timed = unit == 's' || unit == 'm';
    String digits = timed ? text.substring(0, end - 1) : text;
    if (digits.isEmpty() || digits.length() > 9 || !digits.chars().allMatch(Character::isDigit)) {
      return null;
    }
    int number = Integer.parseInt(digits);
    return timed ? new Rewind(0, number * (unit == 's' ? 1_000L : 60_000L)) : new Rewind(number, 0);
  }
}

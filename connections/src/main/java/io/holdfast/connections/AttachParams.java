package io.holdfast.connections;

import io.holdfast.channels.InbandObjects;
import io.holdfast.channels.Rewind;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an ATTACH asks for: modes and channel params (2.1 of the reference).
 *
 * @param modes mode bits
 * @param wholeAppends each append as the whole message
 * @param deltas data as the difference to the message before
 * @param occupancy what to tell of who is on the channel; null for nothing
 * @param objects what to tell of its shared objects in messages; null for nothing
 * @param known the params that mean something to us, as they came
 */
record AttachParams(
    long modes,
    boolean echo,
    @Nullable Rewind rewind,
    boolean wholeAppends,
    boolean deltas,
    @Nullable String occupancy,
    @Nullable InbandObjects objects,
    Map<String, String> known) {
  private static final Set<String> OCCUPANCY =
      Set.of(
          "metrics",
          "metrics.connections",
          "metrics.publishers",
          "metrics.subscribers",
          "metrics.presenceConnections",
          "metrics.presenceMembers",
          "metrics.presenceSubscribers",
          "metrics.objectPublishers",
          "metrics.objectSubscribers");

  /** In the order they are told back. */
  private static final List<String> KNOWN =
      List.of(
          "modes",
          "rewind",
          "rewindLimit",
          "delta",
          "occupancy",
          "objects",
          "echo",
          "appendMode",
          "agent");

  /** The outcome of reading one. */
  sealed interface Read {
    record Good(AttachParams params) implements Read {}

    record Bad(ErrorInfo error) implements Read {}
  }

  /** A value that is not accepted. */
  private static final class BadValue extends Exception {
    BadValue(String what) {
      super(what);
    }
  }

  static Read read(Frame.Attach frame) {
    return read(frame, Map.of());
  }

  /**
   * Reads one.
   *
   * @param qualifier the params of the channel's name, which those of the frame go before
   */
  static Read read(Frame.Attach frame, Map<String, String> qualifier) {
    Map<String, String> known = new LinkedHashMap<>();
    for (String name : KNOWN) {
      String value = frame.params().getOrDefault(name, qualifier.get(name));
      if (value != null) {
        known.put(name, value);
      }
    }
    try {
      return new Read.Good(of(frame.flags() & Flags.MODES, known));
    } catch (BadValue bad) {
      return new Read.Bad(ErrorCode.BAD_REQUEST.info(String.valueOf(bad.getMessage())));
    }
  }

  private static AttachParams of(long flags, Map<String, String> known) throws BadValue {
    String wanted = known.get("modes");
    long modes = wanted == null ? flags : modes(wanted);
    if (modes < 0) {
      throw new BadValue("the modes '" + wanted + "' are not all known");
    }
    String occupancy = known.get("occupancy");
    if (occupancy != null && !OCCUPANCY.contains(occupancy)) {
      throw new BadValue(
          "occupancy is metrics or one of them, such as metrics.subscribers, not '"
              + occupancy
              + "'");
    }
    return new AttachParams(
        modes == 0 ? Flags.DEFAULT_MODES : modes,
        !choice(known, "echo", "true", "false").equals("false"),
        rewind(known),
        choice(known, "appendMode", "delta", "full").equals("full"),
        choice(known, "delta", "", "vcdiff").equals("vcdiff"),
        occupancy,
        objects(known),
        known);
  }

  private static @Nullable InbandObjects objects(Map<String, String> known) throws BadValue {
    String wanted = known.get("objects");
    return switch (wanted) {
      case null -> null;
      case "objects" -> InbandObjects.WHOLE;
      case "notification" -> InbandObjects.NOTICES;
      default -> throw new BadValue("objects is objects or notification, not '" + wanted + "'");
    };
  }

  private static String choice(Map<String, String> known, String name, String usual, String other)
      throws BadValue {
    String value = known.getOrDefault(name, usual);
    if (!value.equals(usual) && !value.equals(other)) {
      String choices = usual.isEmpty() ? other : usual + " or " + other;
      throw new BadValue(name + " is " + choices + ", not '" + value + "'");
    }
    return value;
  }

  private static @Nullable Rewind rewind(Map<String, String> known) throws BadValue {
    String limit = known.get("rewindLimit");
    Rewind most = limit == null ? null : rewind(limit);
    if (limit != null && (most == null || most.count() == 0)) {
      throw new BadValue("rewindLimit is a number of messages, not '" + limit + "'");
    }
    String back = known.get("rewind");
    if (back == null) {
      return null;
    }
    Rewind rewind = rewind(back);
    if (rewind == null) {
      throw new BadValue(
          "rewind is a number of messages or a time such as 15s or 2m, not '" + back + "'");
    }
    if (rewind.count() == 0 && rewind.millis() == 0) {
      return null;
    }
    return most == null ? rewind : rewind.atMost(most.count());
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

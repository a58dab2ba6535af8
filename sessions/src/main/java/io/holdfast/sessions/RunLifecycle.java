package io.holdfast.sessions;

import io.holdfast.protocol.ErrorInfo;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a run went through, resolved by the serials of what told it and not by the order in which
 * that came: history is read backwards, so a run's end may well be known before its start.
 */
final class RunLifecycle {
  /**
   * One message of a run's life.
   *
   * @param reason why it ended, of {@code RUN_END}; else null
   */
  record Mark(
      WireEvent event,
      String serial,
      String invocationId,
      TransportHeaders headers,
      @Nullable RunEndReason reason) {}

  /**
   * @param error what went wrong, of a run that ended so
   * @param endSerial the message that suspended or ended it; null while it is active
   */
  record State(RunStatus status, @Nullable ErrorInfo error, @Nullable String endSerial) {
    private static final State ACTIVE = new State(RunStatus.ACTIVE, null, null);
  }

  private final TreeMap<String, Mark> marks = new TreeMap<>();
  private State state = State.ACTIVE;

  /** Takes a message of the run's life; false when it was known or has no place. */
  boolean add(WireMessage message) {
    String serial = message.serial();
    WireEvent event = message.event();
    if (serial == null || event == null || marks.containsKey(serial)) {
      return false;
    }
    TransportHeaders headers = message.extras().transport();
    marks.put(
        serial,
        new Mark(
            event,
            serial,
            headers.getOrEmpty(Header.INVOCATION_ID),
            headers,
            event == WireEvent.RUN_END ? RunEndReason.of(headers.get(Header.RUN_REASON)) : null));
    state = resolve();
    return true;
  }

  /**
   * Tells the story from its beginning. What has ended stays ended; of two ends the later counts.
   */
  private State resolve() {
    State now = State.ACTIVE;
    String resumedBy = "";
    for (Mark mark : marks.values()) {
      if (mark.reason() != null) {
        now =
            new State(
                mark.reason().status(),
                mark.reason() == RunEndReason.ERROR ? error(mark.headers()) : null,
                mark.serial());
      } else if (!now.status().ended()) {
        if (mark.event() == WireEvent.RUN_SUSPEND) {
          boolean stale =
              !resumedBy.isEmpty()
                  && !mark.invocationId().isEmpty()
                  && !resumedBy.equals(mark.invocationId());
          // an invocation that somebody else took over from has no say any more
          now = stale ? now : new State(RunStatus.SUSPENDED, null, mark.serial());
        } else {
          resumedBy = mark.event() == WireEvent.RUN_RESUME ? mark.invocationId() : resumedBy;
          now = State.ACTIVE;
        }
      }
    }
    return now;
  }

  /** The error that a run ended with, as the message of its end tells it. */
  static ErrorInfo error(TransportHeaders headers) {
    int code = SessionError.STREAM_FAILED.code();
    String stated = headers.get(Header.ERROR_CODE);
    if (stated != null) {
      try {
        code = Integer.parseInt(stated);
      } catch (NumberFormatException e) {
        // it says something else than a number; ours stands for it
        code = SessionError.STREAM_FAILED.code();
      }
    }
    String text = headers.get(Header.ERROR_MESSAGE);
    return new ErrorInfo(
        code,
        code >= 10_000 && code < 60_000 ? code / 100 : 500,
        text == null ? "agent reported an error" : text,
        null);
  }

  State state() {
    return state;
  }

  /** The message that started the run, which alone decides where it belongs; null until it came. */
  @Nullable Mark start() {
    for (Mark mark : marks.values()) {
      if (mark.event() == WireEvent.RUN_START) {
        return mark;
      }
    }
    return null;
  }

  /** Takes over everything of another's. */
  void absorb(RunLifecycle other) {
    marks.putAll(other.marks);
    state = resolve();
  }

  /** The first thing known of the run, or null. */
  @Nullable Mark first() {
    Map.Entry<String, Mark> first = marks.firstEntry();
    return first == null ? null : first.getValue();
  }

  boolean isEmpty() {
    return marks.isEmpty();
  }
}

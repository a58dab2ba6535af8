package io.holdfast.simulator;

import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client knows of its own presence on a channel: what it has heard, and was promised. */
final class OwnPresence {
  private final Map<String, PresenceMessage> heard = new LinkedHashMap<>();
  private @Nullable Operation promised;
  private boolean unsure;
  private int stay;

  /** Members of its connection, to be entered again at every attach (RTP17). */
  List<PresenceMessage> members() {
    return List.copyOf(heard.values());
  }

  void here(PresenceMessage message) {
    heard.put(String.valueOf(message.clientId()), message);
  }

  void left(PresenceMessage message) {
    heard.remove(String.valueOf(message.clientId()));
  }

  void forget() {
    heard.clear();
  }

  /** Counts from one DETACH to the next. */
  int stay() {
    return stay;
  }

  /** The last thing it said that was acknowledged; null for nothing since it last left. */
  @Nullable Operation promised() {
    return promised;
  }

  /** Nobody can know: a frame's answer went unheard, or one that was sent before a DETACH. */
  boolean unsure() {
    return unsure;
  }

  void acked(Operation operation) {
    if (operation.kind() == Operation.Kind.PRESENCE && operation.stay() == stay) {
      promised = operation;
      unsure = false;
    }
  }

  /**
   * It leaves by DETACH.
   *
   * @param entering a frame is unanswered, and will be sent again whatever becomes of the DETACH
   */
  void detached(boolean entering) {
    stay++;
    promised = null;
    unsure |= entering;
  }

  /** A process ends; whoever comes after it does not know what became of its frames. */
  void unheard(boolean some) {
    unsure |= some;
  }

  /**
   * Another connection has no members yet.
   *
   * @param entering a frame is unanswered, and is sent again even if the client has detached
   */
  void newConnection(boolean entering) {
    promised = null;
    unsure = entering;
  }

  /** Whether an operation only says again what was said before, by the id of then. */
  static boolean again(Operation operation) {
    PresenceMessage message = operation.presence();
    return message != null && message.id() != null;
  }

  static boolean leaves(Operation operation) {
    PresenceMessage message = operation.presence();
    return message != null && message.action() == PresenceAction.LEAVE;
  }
}

package io.holdfast.connections;

import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ids given by the client, by which a publish is known when it comes again (RSL1k), and annotations
 * (RSAN1c4).
 */
final class MessageIds {
  private MessageIds() {}

  /** Why the ids of a batch cannot be used; null if they can, or if there are none. */
  static @Nullable ErrorInfo fault(List<Message> messages) {
    return faultOf(ids(messages));
  }

  private static List<@Nullable String> ids(List<Message> messages) {
    List<@Nullable String> ids = new ArrayList<>(messages.size());
    messages.forEach(message -> ids.add(message.id()));
    return ids;
  }

  /** The same of whatever has the ids. */
  static @Nullable ErrorInfo faultOf(List<@Nullable String> ids) {
    String base = baseOf(ids);
    for (int i = 0; i < ids.size(); i++) {
      String id = ids.get(i);
      if (id != null && !wellFormed(id)) {
        return ErrorCode.INVALID_MESSAGE_ID.info(
            "a message id has between 1 and " + Lengths.MAX_ID + " characters, none of control");
      }
      if (ids.size() > 1 && (base == null ? id != null : !(base + ":" + i).equals(id))) {
        return ErrorCode.INVALID_MESSAGE_ID.info(
            "the ids of a batch must be one base followed by ':' and the index from 0");
      }
    }
    return null;
  }

  private static boolean wellFormed(String id) {
    return !id.isEmpty() && id.length() <= Lengths.MAX_ID && id.chars().noneMatch(c -> c < ' ');
  }

  /** The part of the ids that a batch shares, or the one id; null without ids. */
  static @Nullable String base(List<Message> messages) {
    return baseOf(ids(messages));
  }

  /** The same of whatever has the ids. */
  static @Nullable String baseOf(List<@Nullable String> ids) {
    String first = ids.getFirst();
    if (first == null || ids.size() == 1) {
      return first;
    }
    int colon = first.lastIndexOf(':');
    return colon < 0 ? first : first.substring(0, colon);
  }

  /**
   * What names a publish when it comes again; null without ids. Another number of messages is
   * another publish: neither may be answered with the other's result.
   */
  static @Nullable String key(List<Message> messages) {
    String base = base(messages);
    return base == null || messages.size() == 1 ? base : base + "\n" + messages.size();
  }

  /** The same of operations on objects, under names that messages and annotations do not have. */
  static @Nullable String keyOfOperations(List<@Nullable String> ids, int asked) {
    String base = baseOf(ids);
    return base == null ? null : keyOfOperations(base, asked);
  }

  static String keyOfOperations(String base, int asked) {
    return "\n" + asked + " objects " + base;
  }

  /**
   * The same of annotations of one message, under names that no message has; null unless all have
   * ids, of several those of one base.
   */
  static @Nullable String key(String target, List<Annotation> annotations) {
    int size = annotations.size();
    String first = annotations.getFirst().id();
    // each part in its bounds: nothing says yet what characters are in them
    String about = "\n" + size + " " + target.length() + " " + target;
    if (first == null || size == 1) {
      return first == null ? null : about + first;
    }
    int colon = first.lastIndexOf(':');
    String base = colon < 0 ? first : first.substring(0, colon);
    for (int i = 0; i < size; i++) {
      if (!(base + ":" + i).equals(annotations.get(i).id())) {
        return null;
      }
    }
    return about + base;
  }
}

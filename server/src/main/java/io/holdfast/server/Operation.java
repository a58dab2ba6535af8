package io.holdfast.server;

import io.holdfast.connections.Permission;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a capability can allow on a resource. */
enum Operation {
  SUBSCRIBE,
  PUBLISH,
  PRESENCE,
  HISTORY,
  STATS,
  OBJECT_SUBSCRIBE,
  OBJECT_PUBLISH,
  ANNOTATION_SUBSCRIBE,
  ANNOTATION_PUBLISH,
  MESSAGE_UPDATE_OWN,
  MESSAGE_UPDATE_ANY,
  MESSAGE_DELETE_OWN,
  MESSAGE_DELETE_ANY,
  PUSH_SUBSCRIBE,
  PUSH_ADMIN,
  CHANNEL_METADATA,
  PRIVILEGED_HEADERS;

  private static final Map<String, Operation> BY_WORD =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(o -> o.word, Function.identity()));

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** Its name in a capability, e.g. {@code message-update-own}. */
  String word() {
    return word;
  }

  /** The same by the name that connections have for it. */
  static Operation of(Permission permission) {
    return switch (permission) {
      case SUBSCRIBE -> SUBSCRIBE;
      case PUBLISH -> PUBLISH;
      case PRESENCE -> PRESENCE;
      case HISTORY -> HISTORY;
      case MESSAGE_UPDATE_OWN -> MESSAGE_UPDATE_OWN;
      case MESSAGE_UPDATE_ANY -> MESSAGE_UPDATE_ANY;
      case MESSAGE_DELETE_OWN -> MESSAGE_DELETE_OWN;
      case MESSAGE_DELETE_ANY -> MESSAGE_DELETE_ANY;
      case ANNOTATION_PUBLISH -> ANNOTATION_PUBLISH;
      case ANNOTATION_SUBSCRIBE -> ANNOTATION_SUBSCRIBE;
      case OBJECT_PUBLISH -> OBJECT_PUBLISH;
      case OBJECT_SUBSCRIBE -> OBJECT_SUBSCRIBE;
      case CHANNEL_METADATA -> CHANNEL_METADATA;
      case PRIVILEGED_HEADERS -> PRIVILEGED_HEADERS;
    };
  }

  /** The operation of that name; null when there is none. */
  static @Nullable Operation named(String word) {
    return BY_WORD.get(word);
  }
}

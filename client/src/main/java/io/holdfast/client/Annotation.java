package io.holdfast.client;

import io.holdfast.protocol.AnnotationAction;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What somebody says of a message (TAN). To publish one, {@link #of} or {@link #named} is enough.
 *
 * @param type its kind and how it is summed up, e.g. {@code reaction:distinct.v1}
 * @param name what is counted, for the methods that count by name
 * @param count how many, for the method that counts more than one at a time; 0 when not said
 * @param data as {@link Message#data}
 * @param serial where it stands in the channel
 * @param messageSerial the message it is about
 */
public record Annotation(
    AnnotationAction action,
    @Nullable String id,
    String type,
    @Nullable String name,
    long count,
    @Nullable Object data,
    @Nullable String encoding,
    @Nullable String clientId,
    @Nullable Instant timestamp,
    @Nullable String serial,
    @Nullable String messageSerial,
    Map<String, @Nullable Object> extras) {
  /** Keeps the extras from being changed through it. */
  public Annotation {
    extras = Collections.unmodifiableMap(extras);
  }

  /** An annotation of this type. */
  public static Annotation of(String type) {
    return of(type, null, 0, null);
  }

  /** An annotation of this type that counts under a name. */
  public static Annotation named(String type, String name) {
    return of(type, name, 0, null);
  }

  /** An annotation with everything that may be said. */
  public static Annotation of(
      String type, @Nullable String name, long count, @Nullable Object data) {
    return new Annotation(
        AnnotationAction.CREATE,
        null,
        type,
        name,
        count,
        data,
        null,
        null,
        null,
        null,
        null,
        Map.of());
  }
}

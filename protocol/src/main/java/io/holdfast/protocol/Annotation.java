package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What somebody says of a message (TAN2). Absent fields are null, an absent timestamp is 0.
 *
 * @param id names it to subscribers
 * @param name what is counted, for the methods that count by name
 * @param count how many, for the method that counts more than one at a time; 0 when absent, below 0
 *     for what is no count
 * @param encoding as a {@link Message}'s
 * @param serial where it stands in the log; null when sent by a client
 * @param messageSerial the message it is about
 * @param type its kind and how it is summarised, e.g. {@code reaction:distinct.v1}
 */
public record Annotation(
    AnnotationAction action,
    @Nullable String id,
    @Nullable String clientId,
    @Nullable String connectionId,
    @Nullable String name,
    long count,
    @Nullable Data data,
    @Nullable String encoding,
    long timestamp,
    @Nullable String serial,
    @Nullable String messageSerial,
    @Nullable String type,
    @Nullable Extras extras) {}

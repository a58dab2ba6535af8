package io.holdfast.client;

import io.holdfast.protocol.MessageAction;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message, as it is published and as it arrives. What is absent is null, extras and summary are
 * empty.
 *
 * @param action what it does to the message with its serial: one that arrives as {@code APPEND} has
 *     only what is new in {@code data}; as {@code UPDATE}, all of it; as {@code SUMMARY}, only what
 *     its annotations add up to
 * @param id names it to the server, which applies it once; made by the client when absent
 * @param data a {@link String}, a {@code byte[]}, or what JSON can say: maps with text keys, lists,
 *     numbers, booleans
 * @param encoding what could not be undone of how the data was encoded, e.g. for want of a key;
 *     else null
 * @param clientId who published it
 * @param connectionId on which connection
 * @param timestamp when the message was created
 * @param extras anything else that is JSON
 * @param serial names the message and orders messages of a channel as texts
 * @param version which version of the message this is
 * @param summary what its annotations add up to, by type
 */
public record Message(
    MessageAction action,
    @Nullable String id,
    @Nullable String name,
    @Nullable Object data,
    @Nullable String encoding,
    @Nullable String clientId,
    @Nullable String connectionId,
    @Nullable Instant timestamp,
    Map<String, @Nullable Object> extras,
    @Nullable String serial,
    @Nullable Version version,
    Map<String, @Nullable Object> summary) {

  /**
   * Which version of a message this is.
   *
   * @param serial orders the versions of a message as texts
   * @param timestamp when it was made
   * @param clientId who made it
   * @param description what its maker says of it
   * @param metadata what its maker adds to it
   */
  public record Version(
      @Nullable String serial,
      @Nullable Instant timestamp,
      @Nullable String clientId,
      @Nullable String description,
      Map<String, @Nullable Object> metadata) {}

  /** Keeps maps from being changed through it. */
  public Message {
    extras = Collections.unmodifiableMap(extras);
    summary = Collections.unmodifiableMap(summary);
  }

  /** A message to publish. */
  public static Message of(@Nullable String name, @Nullable Object data) {
    return builder().name(name).data(data).build();
  }

  /** An empty builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** The data if it is text, else null. */
  public @Nullable String text() {
    return data instanceof String text ? text : null;
  }

  /** A builder that begins with what is said here. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.id = id;
    builder.name = name;
    builder.data = data;
    builder.clientId = clientId;
    builder.serial = serial;
    builder.extras.putAll(extras);
    return builder;
  }

  /** Makes messages to publish, or changes of messages to send. Not safe for several threads. */
  public static final class Builder {
    private @Nullable String id;
    private @Nullable String name;
    private @Nullable Object data;
    private @Nullable String clientId;
    private @Nullable String serial;
    private final Map<String, @Nullable Object> extras = new LinkedHashMap<>();

    private Builder() {}

    /** Names it to the server, so that it is applied once however often it is published. */
    public Builder id(@Nullable String value) {
      id = value;
      return this;
    }

    /** The event's name. */
    public Builder name(@Nullable String value) {
      name = value;
      return this;
    }

    /** Text, bytes, or what JSON can say. */
    public Builder data(@Nullable Object value) {
      data = value;
      return this;
    }

    /** Who says it, where the credentials allow several. */
    public Builder clientId(@Nullable String value) {
      clientId = value;
      return this;
    }

    /** The message to change; for {@code append}, {@code update} and {@code delete}. */
    public Builder serial(@Nullable String value) {
      serial = value;
      return this;
    }

    /** One more field of the extras. */
    public Builder extra(String field, @Nullable Object value) {
      extras.put(field, value);
      return this;
    }

    /** All of these as fields of the extras. */
    public Builder extras(Map<String, ? extends @Nullable Object> values) {
      extras.putAll(values);
      return this;
    }

    /** The message. */
    public Message build() {
      return new Message(
          MessageAction.CREATE,
          id,
          name,
          data,
          null,
          clientId,
          null,
          null,
          new LinkedHashMap<>(extras),
          serial,
          null,
          Map.of());
    }
  }
}

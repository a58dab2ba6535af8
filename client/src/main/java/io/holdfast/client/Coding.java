package io.holdfast.client;

import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Extras;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceAction;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the application says into what the wire carries, and back: data with the steps of its
 * encoding (RSL4, RSL6), extras, times. One per cipher; safe for any thread.
 */
final class Coding {
  private static final int BLOCK = 16;

  /** Of those that encrypt nothing. */
  static final Coding PLAIN = new Coding(null);

  private final @Nullable Cipher cipher;
  private final SecureRandom vectors = new SecureRandom();

  private Coding(@Nullable Cipher cipher) {
    this.cipher = cipher;
  }

  static Coding of(@Nullable Cipher cipher) {
    return cipher == null ? PLAIN : new Coding(cipher);
  }

  /** Data as the wire has it; both null for no data. */
  record Payload(@Nullable Data data, @Nullable String encoding) {
    static final Payload NONE = new Payload(null, null);
  }

  /** Data as the application has it, with the steps that could not be undone. */
  record Value(@Nullable Object data, @Nullable String encoding) {}

  Payload encode(@Nullable Object data) {
    Payload plain = plain(data);
    return cipher == null || plain.data() == null ? plain : encrypted(cipher, plain);
  }

  private static Payload plain(@Nullable Object data) {
    return switch (data) {
      case null -> Payload.NONE;
      case String text -> new Payload(Data.text(text), null);
      case byte[] bytes -> new Payload(Data.binary(bytes.clone()), null);
      default -> new Payload(Data.text(json(data)), "json");
    };
  }

  private static String json(Object tree) {
    try {
      return Json.write(tree);
    } catch (IllegalArgumentException e) {
      throw Fault.BAD_DATA.exception(String.valueOf(e.getMessage()));
    }
  }

  private Payload encrypted(Cipher with, Payload plain) {
    Data data = java.util.Objects.requireNonNull(plain.data());
    String steps = plain.encoding();
    if (data.kind() == Data.Kind.TEXT) {
      steps = steps == null ? "utf-8" : steps + "/utf-8";
    }
    byte[] vector = new byte[BLOCK];
    vectors.nextBytes(vector);
    try {
      javax.crypto.Cipher aes = aes(javax.crypto.Cipher.ENCRYPT_MODE, with, vector);
      byte[] secret = aes.doFinal(data.array(), 0, data.length());
      byte[] all = new byte[BLOCK + secret.length];
      System.arraycopy(vector, 0, all, 0, BLOCK);
      System.arraycopy(secret, 0, all, BLOCK, secret.length);
      String step = step(with);
      return new Payload(Data.binary(all), steps == null ? step : steps + "/" + step);
    } catch (GeneralSecurityException e) {
      throw new HoldfastException(Fault.BAD_DATA.info("it cannot be encrypted"), e);
    }
  }

  private static String step(Cipher cipher) {
    return "cipher+aes-" + cipher.key().length * 8 + "-cbc";
  }

  private static javax.crypto.Cipher aes(int mode, Cipher with, byte[] vector)
      throws GeneralSecurityException {
    javax.crypto.Cipher aes = javax.crypto.Cipher.getInstance("AES/CBC/PKCS5Padding");
    aes.init(mode, new SecretKeySpec(with.key(), "AES"), new IvParameterSpec(vector));
    return aes;
  }

  /** Undoes the steps it can, the last first; what is left says so in its encoding. */
  Value decode(@Nullable Data data, @Nullable String encoding) {
    if (data == null) {
      return new Value(null, encoding);
    }
    Object value = data.kind() == Data.Kind.TEXT ? data.asText() : data.toByteArray();
    String left = encoding == null || encoding.isEmpty() ? null : encoding;
    while (left != null) {
      int slash = left.lastIndexOf('/');
      Object next = undo(left.substring(slash + 1), value);
      if (next == null) {
        return new Value(value, left);
      }
      value = next.equals(JSON_NULL) ? null : next;
      left = slash < 0 ? null : left.substring(0, slash);
      if (value == null) {
        break;
      }
    }
    return new Value(value, left);
  }

  private static final Object JSON_NULL = new Object();

  /** The value with the step undone, or null when it cannot be. */
  private @Nullable Object undo(String step, Object value) {
    return switch (step) {
      case "utf-8" ->
          value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : null;
      case "json" -> value instanceof String text ? tree(text) : null;
      case "base64" -> value instanceof String text ? unbase64(text) : null;
      default -> {
        Cipher with = cipher;
        yield with != null && step.equals(step(with)) && value instanceof byte[] bytes
            ? decrypted(with, bytes)
            : null;
      }
    };
  }

  private static @Nullable Object tree(String text) {
    try {
      Object tree = Json.parse(text);
      return tree == null ? JSON_NULL : tree;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static byte @Nullable [] unbase64(String text) {
    try {
      return java.util.Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static byte @Nullable [] decrypted(Cipher with, byte[] bytes) {
    if (bytes.length < 2 * BLOCK) {
      return null;
    }
    try {
      byte[] vector = java.util.Arrays.copyOf(bytes, BLOCK);
      return aes(javax.crypto.Cipher.DECRYPT_MODE, with, vector)
          .doFinal(bytes, BLOCK, bytes.length - BLOCK);
    } catch (GeneralSecurityException e) {
      return null;
    }
  }

  static @Nullable Extras extras(Map<String, @Nullable Object> extras) {
    return extras.isEmpty() ? null : Extras.of(json(extras));
  }

  private static Map<String, @Nullable Object> extras(@Nullable Extras extras) {
    return extras == null ? Map.of() : Json.object(extras.json());
  }

  private static @Nullable Instant instant(long ms) {
    return ms == 0 ? null : Instant.ofEpochMilli(ms);
  }

  /** A message to send. The operation is null for one that is published. */
  io.holdfast.protocol.Message encode(
      Message message, MessageAction action, @Nullable String id, @Nullable Operation operation) {
    Payload payload = encode(message.data());
    return new io.holdfast.protocol.Message(
        action,
        id,
        message.name(),
        payload.data(),
        payload.encoding(),
        message.clientId(),
        null,
        null,
        0,
        extras(message.extras()),
        operation == null ? null : message.serial(),
        operation == null ? null : version(operation));
  }

  private static io.holdfast.protocol.@Nullable Version version(Operation operation) {
    if (operation.equals(Operation.NONE)) {
      return null;
    }
    String metadata = operation.metadata().isEmpty() ? null : json(operation.metadata());
    return new io.holdfast.protocol.Version(
        null, 0, operation.clientId(), operation.description(), metadata);
  }

  /** A message as it arrived; what its frame says for all of its messages stands in for it. */
  Message decode(
      io.holdfast.protocol.Message wire,
      @Nullable String id,
      @Nullable String connectionId,
      long timestamp) {
    Value value = decode(wire.data(), wire.encoding());
    long created = wire.timestamp() == 0 ? timestamp : wire.timestamp();
    String connection = wire.connectionId() == null ? connectionId : wire.connectionId();
    return new Message(
        wire.action(),
        wire.id() == null ? id : wire.id(),
        wire.name(),
        value.data(),
        value.encoding(),
        wire.clientId(),
        connection,
        instant(created),
        extras(wire.extras()),
        wire.serial(),
        version(wire, created),
        Json.object(wire.summary()));
  }

  /** A first version is the message's own (TM2s). */
  private static Message.@Nullable Version version(
      io.holdfast.protocol.Message wire, long created) {
    io.holdfast.protocol.Version version = wire.version();
    if (version == null) {
      return wire.serial() == null
          ? null
          : new Message.Version(wire.serial(), instant(created), null, null, Map.of());
    }
    return new Message.Version(
        version.serial() == null ? wire.serial() : version.serial(),
        instant(version.timestamp() == 0 ? created : version.timestamp()),
        version.clientId(),
        version.description(),
        Json.object(version.metadata()));
  }

  io.holdfast.protocol.PresenceMessage presence(
      PresenceAction action, @Nullable String id, @Nullable String clientId, Payload payload) {
    return new io.holdfast.protocol.PresenceMessage(
        action, id, clientId, null, payload.data(), payload.encoding(), null, 0);
  }

  Member decode(
      io.holdfast.protocol.PresenceMessage wire,
      @Nullable String id,
      @Nullable String connectionId,
      long timestamp) {
    Value value = decode(wire.data(), wire.encoding());
    String connection = wire.connectionId() == null ? connectionId : wire.connectionId();
    return new Member(
        wire.action(),
        wire.id() == null ? id : wire.id(),
        wire.clientId() == null ? "" : wire.clientId(),
        connection == null ? "" : connection,
        value.data(),
        value.encoding(),
        extras(wire.extras()),
        instant(wire.timestamp() == 0 ? timestamp : wire.timestamp()));
  }

  io.holdfast.protocol.Annotation encode(
      Annotation annotation, AnnotationAction action, @Nullable String id, String messageSerial) {
    Payload payload = encode(annotation.data());
    return new io.holdfast.protocol.Annotation(
        action,
        id,
        annotation.clientId(),
        null,
        annotation.name(),
        annotation.count(),
        payload.data(),
        payload.encoding(),
        0,
        null,
        messageSerial,
        annotation.type(),
        extras(annotation.extras()));
  }

  Annotation decode(io.holdfast.protocol.Annotation wire, @Nullable String id, long timestamp) {
    Value value = decode(wire.data(), wire.encoding());
    return new Annotation(
        wire.action(),
        wire.id() == null ? id : wire.id(),
        wire.type() == null ? "" : wire.type(),
        wire.name(),
        wire.count(),
        value.data(),
        value.encoding(),
        wire.clientId(),
        instant(wire.timestamp() == 0 ? timestamp : wire.timestamp()),
        wire.serial(),
        wire.messageSerial(),
        extras(wire.extras()));
  }
}

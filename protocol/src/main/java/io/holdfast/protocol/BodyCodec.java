package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and writes the bodies of REST requests and responses in both formats. */
public final class BodyCodec {
  private BodyCodec() {}

  /** Reads one message or an array of them. Never throws. */
  public static DecodedMessages decodeMessages(Format format, byte[] body) {
    return decode(format, body, true);
  }

  /** Reads exactly one message, as a PATCH has it. Never throws. */
  public static DecodedMessages decodeMessage(Format format, byte[] body) {
    return decode(format, body, false);
  }

  private static DecodedMessages decode(Format format, byte[] body, boolean many) {
    try (JsonParser parser = Wire.parser(format, body, 0, body.length)) {
      WireReader in = new WireReader(parser, format);
      if (!in.start()) {
        return new DecodedMessages.Refused(ErrorCode.BAD_REQUEST.info("the body is empty"));
      }
      List<Message> messages;
      if (many && in.token() == JsonToken.START_ARRAY) {
        messages = in.list("the body", ItemReader::message);
      } else {
        Message message = in.token() == JsonToken.VALUE_NULL ? refused(in) : ItemReader.message(in);
        messages = message == null ? List.of() : List.of(message);
      }
      if (!in.finished()) {
        throw new JsonParseException(parser, "something follows the body");
      }
      ErrorInfo refusal = in.refusal();
      return refusal == null
          ? new DecodedMessages.Ok(messages)
          : new DecodedMessages.Refused(refusal);
    } catch (IOException | RuntimeException e) {
      // As in FrameCodec.decode.
      return new DecodedMessages.Refused(Wire.unreadable(format, e));
    }
  }

  private static @Nullable Message refused(WireReader in) {
    in.refuse(ErrorCode.BAD_REQUEST, "the body is null");
    return null;
  }

  /** Reads one annotation or an array of them. Never throws. */
  public static DecodedAnnotations decodeAnnotations(Format format, byte[] body) {
    try (JsonParser parser = Wire.parser(format, body, 0, body.length)) {
      WireReader in = new WireReader(parser, format);
      List<Annotation> annotations = List.of();
      if (!in.start()) {
        in.refuse(ErrorCode.BAD_REQUEST, "the body is empty");
      } else if (in.token() == JsonToken.START_ARRAY) {
        annotations = in.list("the body", ItemReader::annotation);
      } else {
        Annotation annotation = ItemReader.annotation(in);
        annotations = annotation == null ? List.of() : List.of(annotation);
      }
      if (!in.finished()) {
        throw new JsonParseException(parser, "something follows the body");
      }
      ErrorInfo refusal = in.refusal();
      return refusal == null
          ? new DecodedAnnotations.Ok(annotations)
          : new DecodedAnnotations.Refused(refusal);
    } catch (IOException | RuntimeException e) {
      // As in FrameCodec.decode.
      return new DecodedAnnotations.Refused(Wire.unreadable(format, e));
    }
  }

  /** Reads an array of presence messages; null when it is none. Never throws. */
  public static @Nullable List<PresenceMessage> decodePresence(Format format, byte[] body) {
    try (JsonParser parser = Wire.parser(format, body, 0, body.length)) {
      WireReader in = new WireReader(parser, format);
      List<PresenceMessage> presence =
          in.start() ? in.list("the body", ItemReader::presence) : List.of();
      return in.refusal() == null ? presence : null;
    } catch (IOException | RuntimeException e) {
      // As in FrameCodec.decode.
      return null;
    }
  }

  public static byte[] encodeMessages(List<Message> messages, Format format) {
    return encodeTree(messages, format);
  }

  public static byte[] encodePresence(List<PresenceMessage> presence, Format format) {
    return encodeTree(presence, format);
  }

  public static byte[] encodeError(ErrorInfo error, Format format) {
    return encodeTree(Map.of("error", error), format);
  }

  /**
   * Writes a tree of maps, lists, texts, numbers, booleans and bytes, in which {@link Message},
   * {@link PresenceMessage}, {@link Annotation}, {@link ErrorInfo} and shared objects and their
   * values may stand. Entries of maps that are null are left out.
   */
  public static byte[] encodeTree(Object tree, Format format) {
    return Wire.write(format, out -> new WireWriter(out, format).tree(tree));
  }

  /**
   * Reads any value as maps, lists, texts, numbers (Long, or Double when not an integer of 64
   * bits), booleans and, from MessagePack, bytes; nulls are left out. Null when it is malformed or
   * null itself. Never throws.
   */
  public static @Nullable Object decodeTree(Format format, byte[] body) {
    try (JsonParser parser = Wire.parser(format, body, 0, body.length)) {
      WireReader in = new WireReader(parser, format);
      if (!in.start()) {
        return null;
      }
      Object tree = tree(in);
      return in.finished() ? tree : null;
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  private static @Nullable Object tree(WireReader in) throws IOException {
    return switch (in.token()) {
      case START_OBJECT -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (String field = in.field(); field != null; field = in.field()) {
          Object value = tree(in);
          if (value == null) {
            map.remove(field);
          } else {
            map.put(field, value);
          }
        }
        yield map;
      }
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (in.parser().nextToken() != JsonToken.END_ARRAY) {
          Object value = tree(in);
          if (value != null) {
            list.add(value);
          }
        }
        yield list;
      }
      case VALUE_STRING -> in.text("value");
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        Long integer = in.integer();
        yield integer != null ? integer : (Object) in.parser().getDoubleValue();
      }
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case VALUE_EMBEDDED_OBJECT ->
          in.parser().getEmbeddedObject() instanceof byte[] bytes ? bytes : null;
      case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE ->
          throw new JsonParseException(in.parser(), "no value");
    };
  }
}

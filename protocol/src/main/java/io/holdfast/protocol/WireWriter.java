package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Value;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the fields of one value in either format; what is absent is left out. */
final class WireWriter {
  private static final long MINUS_ZERO = Double.doubleToRawLongBits(-0.0);

  private final JsonGenerator out;
  private final Format format;

  WireWriter(JsonGenerator out, Format format) {
    this.out = out;
    this.format = format;
  }

  /** Writes one item of a list. */
  interface Element<T> {
    void write(WireWriter out, T item) throws IOException;
  }

  void field(String field) throws IOException {
    out.writeFieldName(field);
  }

  void open() throws IOException {
    out.writeStartObject();
  }

  void open(String field) throws IOException {
    out.writeFieldName(field);
    out.writeStartObject();
  }

  void close() throws IOException {
    out.writeEndObject();
  }

  void text(String field, @Nullable String value) throws IOException {
    if (value != null) {
      out.writeFieldName(field);
      out.writeString(Text.wellFormed(value));
    }
  }

  void number(String field, long value) throws IOException {
    out.writeFieldName(field);
    out.writeNumber(value);
  }

  /** A float of 64 bits; in JSON without a fraction where it has none. */
  void decimal(String field, double value) throws IOException {
    out.writeFieldName(field);
    boolean integral = value == Math.rint(value) && Math.abs(value) <= WireReader.EXACT_MAX;
    if (format == Format.JSON && integral && Double.doubleToRawLongBits(value) != MINUS_ZERO) {
      out.writeNumber((long) value);
    } else {
      out.writeNumber(value);
    }
  }

  void bool(String field, boolean value) throws IOException {
    out.writeFieldName(field);
    out.writeBoolean(value);
  }

  /** Bytes; in JSON as base64. */
  void bytes(String field, byte[] value) throws IOException {
    out.writeFieldName(field);
    out.writeBinary(value);
  }

  /** A number whose zero says nothing. */
  void numberUnlessZero(String field, long value) throws IOException {
    if (value != 0) {
      number(field, value);
    }
  }

  void params(String field, Map<String, String> params) throws IOException {
    if (!params.isEmpty()) {
      open(field);
      for (Map.Entry<String, String> param : params.entrySet()) {
        text(Text.wellFormed(param.getKey()), param.getValue());
      }
      close();
    }
  }

  <T> void list(String field, List<T> items, Element<T> element) throws IOException {
    out.writeFieldName(field);
    out.writeStartArray();
    for (T item : items) {
      element.write(this, item);
    }
    out.writeEndArray();
  }

  /** The one place where null is written: a serial that was conflated away keeps its place. */
  void texts(String field, List<@Nullable String> texts) throws IOException {
    out.writeFieldName(field);
    out.writeStartArray();
    for (String text : texts) {
      if (text == null) {
        out.writeNull();
      } else {
        out.writeString(Text.wellFormed(text));
      }
    }
    out.writeEndArray();
  }

  /** An object kept as JSON text. */
  void json(String field, @Nullable String json) throws IOException {
    if (json == null) {
      return;
    }
    out.writeFieldName(field);
    switch (format) {
      case JSON -> out.writeRawValue(json);
      case MSGPACK -> {
        try (JsonParser in = Wire.json(json)) {
          in.nextToken();
          Wire.copy(in, out);
        }
      }
    }
  }

  /** Data and its encoding, with the {@code base64} step where the format cannot carry bytes. */
  void payload(@Nullable Data data, @Nullable String encoding) throws IOException {
    if (data == null) {
      text("encoding", encoding);
      return;
    }
    out.writeFieldName("data");
    switch (data.kind()) {
      case TEXT -> {
        // the MessagePack library takes the whole array, whatever range it is told
        byte[] exact = data.length() == data.array().length ? data.array() : data.toByteArray();
        out.writeUTF8String(exact, 0, data.length());
        text("encoding", encoding);
      }
      case BINARY -> {
        out.writeBinary(data.array(), 0, data.length());
        text(
            "encoding",
            switch (format) {
              case JSON -> Payload.withBase64(encoding);
              case MSGPACK -> encoding;
            });
      }
    }
  }

  /** A tree of {@link BodyCodec#encodeTree}. */
  void tree(Object node) throws IOException {
    switch (node) {
      case Map<?, ?> map -> {
        out.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          if (entry.getValue() != null) {
            out.writeFieldName(Text.wellFormed(String.valueOf(entry.getKey())));
            tree(entry.getValue());
          }
        }
        out.writeEndObject();
      }
      case Iterable<?> list -> {
        out.writeStartArray();
        for (Object item : list) {
          if (item == null) {
            out.writeNull(); // it keeps its place
          } else {
            tree(item);
          }
        }
        out.writeEndArray();
      }
      case Message message -> ItemWriter.message(this, message);
      case PresenceMessage presence -> ItemWriter.presence(this, presence);
      case Annotation annotation -> ItemWriter.annotation(this, annotation);
      case Value value -> ObjectWriter.value(this, null, value);
      case SharedObject object -> ObjectWriter.object(this, object);
      case ErrorInfo error -> ItemWriter.error(this, error);
      case Double number -> out.writeNumber(number);
      case Float number -> out.writeNumber(number);
      case Number number -> out.writeNumber(number.longValue());
      case Boolean bool -> out.writeBoolean(bool);
      case byte[] bytes -> out.writeBinary(bytes);
      case CharSequence text -> out.writeString(Text.wellFormed(text.toString()));
      default -> throw new IllegalArgumentException("no wire form of " + node.getClass());
    }
  }
}

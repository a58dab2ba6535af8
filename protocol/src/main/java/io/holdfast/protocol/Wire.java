package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import org.msgpack.jackson.dataformat.MessagePackFactory;
import org.msgpack.jackson.dataformat.MessagePackGenerator;
import org.msgpack.jackson.dataformat.MessagePackParser;

/** Opens parsers and generators of both formats, and copies values from one to another. */
final class Wire {
  /** Deeper input is not read. */
  static final int DEPTH_MAX = 64;

  private static final BigInteger UNSIGNED_LONG_MAX =
      BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
  private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);

  // Names are not interned: they are a stranger's.
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
          .build();

  // A reused unpacker would pin each thread's last frame.
  private static final MessagePackFactory MSGPACK =
      new MessagePackFactory().setReuseResourceInParser(false);

  /** What writes one value. */
  interface Body {
    void write(JsonGenerator out) throws IOException;
  }

  private Wire() {}

  static JsonParser parser(Format format, byte[] bytes, int offset, int length) throws IOException {
    return switch (format) {
      case JSON -> JSON.createParser(bytes, offset, length);
      case MSGPACK -> {
        String fault = MsgpackScan.fault(bytes, offset, length);
        if (fault != null) {
          throw new JsonParseException(null, fault);
        }
        yield MSGPACK.createParser(bytes, offset, length);
      }
    };
  }

  /** Says where the reading stopped, and nothing of what was read. */
  static ErrorInfo unreadable(Format format, Exception e) {
    String detail =
        e instanceof JsonProcessingException failure && format == Format.MSGPACK
            ? "malformed MessagePack, " + failure.getOriginalMessage()
            : "malformed " + (format == Format.JSON ? "JSON" : "MessagePack");
    if (e instanceof JsonProcessingException failure
        && format == Format.JSON
        && failure.getLocation() != null) {
      detail += " near byte " + failure.getLocation().getByteOffset();
    }
    return ErrorCode.BAD_REQUEST.info(detail);
  }

  static JsonParser json(String text) throws IOException {
    return JSON.createParser(text);
  }

  /** Whether a text is one JSON object or array. */
  static boolean isJsonStructure(String text) {
    try (JsonParser in = JSON.createParser(text)) {
      JsonToken first = in.nextToken();
      if (first == null || !first.isStructStart()) {
        return false;
      }
      in.skipChildren();
      return in.currentToken() != null && in.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  static byte[] write(Format format, Body body) {
    // in pieces: a page of megabytes is copied once, not at each doubling
    ByteArrayBuilder bytes = new ByteArrayBuilder(512);
    try (JsonGenerator out =
        switch (format) {
          case JSON -> JSON.createGenerator(bytes);
          case MSGPACK -> MSGPACK.createGenerator(bytes);
        }) {
      body.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  /** The parser's current value as compact JSON text; bytes become base64 text. */
  static String compactJson(JsonParser from) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      copy(from, out);
    }
    return text.toString();
  }

  /** Copies the parser's current value, which leaves the parser on its last token. */
  static void copy(JsonParser from, JsonGenerator to) throws IOException {
    int depth = 0;
    JsonToken token = from.currentToken();
    while (token != null) {
      depth += copyToken(token, from, to);
      if (depth == 0) {
        return;
      }
      token = from.nextToken();
    }
    throw new JsonParseException(from, "the value ends early");
  }

  private static int copyToken(JsonToken token, JsonParser from, JsonGenerator to)
      throws IOException {
    switch (token) {
      case START_OBJECT -> to.writeStartObject();
      case START_ARRAY -> to.writeStartArray();
      case END_OBJECT -> to.writeEndObject();
      case END_ARRAY -> to.writeEndArray();
      case FIELD_NAME -> {
        to.writeFieldName(Text.wellFormed(from.currentName()));
        return 0;
      }
      case VALUE_STRING -> to.writeString(Text.wellFormed(from.getText()));
      case VALUE_NUMBER_INT -> copyInteger(from, to);
      case VALUE_NUMBER_FLOAT -> copyFloat(from, to);
      case VALUE_TRUE -> to.writeBoolean(true);
      case VALUE_FALSE -> to.writeBoolean(false);
      case VALUE_NULL -> to.writeNull();
      case VALUE_EMBEDDED_OBJECT -> {
        if (from.getEmbeddedObject() instanceof byte[] bytes) {
          to.writeBinary(bytes);
        } else {
          // An extension type has no JSON form.
          to.writeNull();
        }
      }
      case NOT_AVAILABLE -> throw new JsonParseException(from, "no value");
    }
    return token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
  }

  private static void copyInteger(JsonParser from, JsonGenerator to) throws IOException {
    switch (from.getNumberType()) {
      case INT, LONG -> to.writeNumber(from.getLongValue());
      case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> {
        BigInteger big = from.getBigIntegerValue();
        if (isJson(to) || (big.compareTo(UNSIGNED_LONG_MAX) <= 0 && big.compareTo(LONG_MIN) >= 0)) {
          to.writeNumber(big);
        } else {
          to.writeNumber(big.doubleValue());
        }
      }
    }
  }

  private static void copyFloat(JsonParser from, JsonGenerator to) throws IOException {
    if (isJson(from) && isJson(to)) {
      // Keeps the digits as they were written.
      to.writeNumber(from.getText());
    } else {
      to.writeNumber(from.getDoubleValue());
    }
  }

  private static boolean isJson(JsonParser in) {
    return !(in instanceof MessagePackParser);
  }

  private static boolean isJson(JsonGenerator out) {
    return !(out instanceof MessagePackGenerator);
  }
}

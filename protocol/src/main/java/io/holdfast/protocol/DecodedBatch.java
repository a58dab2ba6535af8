package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a batch publish, read. */
public sealed interface DecodedBatch {
  /**
   * It can be carried out.
   *
   * @param several whether it came as an array of specs; one alone is answered alone
   */
  record Ok(List<BatchSpec> specs, boolean several) implements DecodedBatch {}

  record Refused(ErrorInfo error) implements DecodedBatch {}

  /** Reads one spec or an array of them. Never throws. */
  static DecodedBatch read(Format format, byte[] body) {
    try (JsonParser parser = Wire.parser(format, body, 0, body.length)) {
      WireReader in = new WireReader(parser, format);
      if (!in.start()) {
        return new Refused(ErrorCode.BAD_REQUEST.info("the body is empty"));
      }
      boolean several = in.token() == JsonToken.START_ARRAY;
      List<BatchSpec> specs = oneOrMore(in, "the body", DecodedBatch::spec);
      if (!in.finished()) {
        throw new JsonParseException(parser, "something follows the body");
      }
      ErrorInfo refusal = in.refusal();
      return refusal == null ? new Ok(specs, several) : new Refused(refusal);
    } catch (IOException | RuntimeException e) {
      // As in FrameCodec.decode.
      return new Refused(Wire.unreadable(format, e));
    }
  }

  private static @Nullable BatchSpec spec(WireReader in) throws IOException {
    if (!in.object("a spec of a batch")) {
      return null;
    }
    List<String> channels = List.of();
    List<Message> messages = List.of();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "channels" -> channels = oneOrMore(in, field, item -> item.text("channels"));
        case "messages" -> messages = oneOrMore(in, field, ItemReader::message);
        default -> in.skip();
      }
    }
    return new BatchSpec(channels, messages);
  }

  private static <T> List<T> oneOrMore(WireReader in, String field, WireReader.Element<T> element)
      throws IOException {
    if (in.token() == JsonToken.START_ARRAY) {
      return in.list(field, element);
    }
    T one = element.read(in);
    return one == null ? List.of() : List.of(one);
  }
}

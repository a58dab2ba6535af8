package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The {@code data} and {@code encoding} of an item being read. They come in any order and only
 * together say what the data is: a {@code base64} step is undone here, and what is neither text nor
 * bytes becomes JSON text with a {@code json} step.
 */
final class Payload {
  private static final String BASE64 = "base64";

  private @Nullable String text;
  private byte @Nullable [] bytes;
  private boolean json;
  private @Nullable String encoding;

  void encoding(@Nullable String encoding) {
    this.encoding = encoding;
  }

  /** Reads the parser's current value as data. */
  void data(WireReader in) throws IOException {
    text = null;
    bytes = null;
    json = false;
    JsonToken token = in.token();
    if (token == JsonToken.VALUE_STRING) {
      text = in.text("data");
    } else if (token == JsonToken.VALUE_EMBEDDED_OBJECT) {
      if (in.parser().getEmbeddedObject() instanceof byte[] raw) {
        bytes = raw;
      } else {
        in.refuse(ErrorCode.INVALID_DATA, "data must not be an extension type");
      }
    } else if (token != JsonToken.VALUE_NULL) {
      text = Wire.compactJson(in.parser());
      json = true;
    }
  }

  /** Settles what the two fields mean; to be called once, when the item has been read. */
  @Nullable Data settle(WireReader in) {
    if (bytes != null) {
      return Data.binary(bytes);
    }
    if (text == null) {
      return null;
    }
    boolean base64 =
        encoding != null && (encoding.equals(BASE64) || encoding.endsWith("/" + BASE64));
    if (json) {
      if (base64) {
        in.refuse(ErrorCode.INVALID_DATA, "data encoded as base64 must be text");
      }
      encoding = encoding == null || encoding.isEmpty() ? "json" : encoding + "/json";
      return Data.text(text);
    }
    return base64 ? decoded(in, text) : Data.text(text);
  }

  private @Nullable Data decoded(WireReader in, String base64) {
    try {
      Data data = Data.binary(Base64.getDecoder().decode(base64));
      encoding = withoutLastStep(encoding);
      return data;
    } catch (IllegalArgumentException e) {
      in.refuse(ErrorCode.INVALID_DATA, "data is not the base64 that its encoding says");
      return null;
    }
  }

  /** The encoding that is left after {@link #settle}. */
  @Nullable String encoding() {
    return encoding;
  }

  /** The encoding with which the bytes are written as JSON. */
  static String withBase64(@Nullable String encoding) {
    return encoding == null || encoding.isEmpty() ? BASE64 : encoding + "/" + BASE64;
  }

  private static @Nullable String withoutLastStep(@Nullable String encoding) {
    int slash = encoding == null ? -1 : encoding.lastIndexOf('/');
    return encoding == null || slash < 0 ? null : encoding.substring(0, slash);
  }
}

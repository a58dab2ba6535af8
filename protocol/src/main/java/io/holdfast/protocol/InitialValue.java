package io.holdfast.protocol;

import io.holdfast.objects.MapEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The text that a new object is named after: the payload of its create operation as JSON, in
 * MessagePack frames too. Whoever names an object keeps the text, since the hash is over its bytes.
 */
public final class InitialValue {
  private InitialValue() {}

  public static String ofMap(Map<String, MapEntry> entries) {
    return text(
        out -> {
          out.open();
          ObjectWriter.mapValue(out, entries);
          out.close();
        });
  }

  public static String ofCounter(double count) {
    return text(
        out -> {
          out.open();
          out.decimal("count", count);
          out.close();
        });
  }

  private interface Body {
    void write(WireWriter out) throws IOException;
  }

  private static String text(Body body) {
    byte[] json = Wire.write(Format.JSON, out -> body.write(new WireWriter(out, Format.JSON)));
    return new String(json, StandardCharsets.UTF_8);
  }
}

package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;

/** The outcome of reading the operations of a REST body. */
public sealed interface DecodedObjectRequests {
  /** Operations, in order; whether they can be carried out depends on the objects. */
  record Ok(List<ObjectRequest> requests) implements DecodedObjectRequests {
    public Ok {
      requests = List.copyOf(requests);
    }
  }

  /** Not operations, or one of them was not acceptable. */
  record Refused(ErrorInfo error) implements DecodedObjectRequests {}

  /** Reads one operation or an array of them, in the words of today or of before. Never throws. */
  static DecodedObjectRequests read(Format format, byte[] body) {
    try (JsonParser parser = Wire.parser(format, body, 0, body.length)) {
      WireReader in = new WireReader(parser, format);
      if (!in.start()) {
        return new Refused(ErrorCode.BAD_REQUEST.info("the body is empty"));
      }
      WireReader.Element<ObjectRequest> request =
          item -> new ObjectRequestFields(format, body).read(item);
      List<ObjectRequest> requests;
      if (in.token() == JsonToken.START_ARRAY) {
        requests = in.list("the body", request);
      } else {
        ObjectRequest one = request.read(in);
        requests = one == null ? List.of() : List.of(one);
      }
      if (!in.finished()) {
        throw new JsonParseException(parser, "something follows the body");
      }
      ErrorInfo refusal = in.refusal();
      if (refusal == null && requests.isEmpty()) {
        refusal = ErrorCode.BAD_REQUEST.info("the body has no operation");
      }
      return refusal == null ? new Ok(requests) : new Refused(refusal);
    } catch (IOException | RuntimeException e) {
      // As in FrameCodec.decode.
      return new Refused(Wire.unreadable(format, e));
    }
  }
}

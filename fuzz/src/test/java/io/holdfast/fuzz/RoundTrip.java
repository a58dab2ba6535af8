package io.holdfast.fuzz;

import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.DecodedAnnotations;
import io.holdfast.protocol.DecodedBatch;
import io.holdfast.protocol.DecodedMessages;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.FrameCodec;
import io.holdfast.protocol.Message;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** What was read can be written in both formats, and is read as the same again. */
final class RoundTrip {
  private RoundTrip() {}

  static void of(Format format, byte[] input) {
    if (FrameCodec.decode(format, input) instanceof Decoded.Ok(Frame frame)) {
      stays(
          frame,
          FrameCodec::encode,
          (other, bytes) ->
              FrameCodec.decode(other, bytes) instanceof Decoded.Ok(Frame again)
                  ? Optional.of(again)
                  : Optional.empty());
    }
    if (BodyCodec.decodeMessages(format, input)
        instanceof DecodedMessages.Ok(List<Message> messages)) {
      stays(
          messages,
          BodyCodec::encodeTree,
          (other, bytes) ->
              BodyCodec.decodeMessages(other, bytes)
                      instanceof DecodedMessages.Ok(List<Message> again)
                  ? Optional.of(again)
                  : Optional.empty());
    }
    if (BodyCodec.decodeAnnotations(format, input)
        instanceof DecodedAnnotations.Ok(List<Annotation> annotations)) {
      stays(
          annotations,
          BodyCodec::encodeTree,
          (other, bytes) ->
              BodyCodec.decodeAnnotations(other, bytes)
                      instanceof DecodedAnnotations.Ok(List<Annotation> again)
                  ? Optional.of(again)
                  : Optional.empty());
    }
    if (DecodedBatch.read(format, input) instanceof DecodedBatch.Ok batch) {
      batch.specs().forEach(spec -> BodyCodec.encodeMessages(spec.messages(), format));
    }
    Object tree = BodyCodec.decodeTree(format, input);
    if (tree != null) {
      for (Format other : Format.values()) {
        if (BodyCodec.decodeTree(other, BodyCodec.encodeTree(tree, other)) == null) {
          throw new AssertionError("a tree cannot be read back from " + other + ": " + tree);
        }
      }
    }
  }

  /** JSON keeps everything to the letter; in MessagePack a number may lose how it was spelled. */
  private static <T> void stays(
      T value,
      BiFunction<T, Format, byte[]> writing,
      BiFunction<Format, byte[], Optional<T>> reading) {
    for (Format format : Format.values()) {
      byte[] bytes = writing.apply(value, format);
      T again = reading.apply(format, bytes).orElse(null);
      boolean same =
          value.equals(again)
              || (again != null
                  && format == Format.MSGPACK
                  && Arrays.equals(bytes, writing.apply(again, format)));
      if (!same) {
        throw new AssertionError(format + ": wrote " + value + "\nread " + again);
      }
    }
  }
}

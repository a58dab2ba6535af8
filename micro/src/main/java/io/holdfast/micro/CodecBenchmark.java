package io.holdfast.micro;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.FrameCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.msgpack.jackson.dataformat.MessagePackFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** One frame with a message of 200 bytes, beside Jackson's tree of the same bytes. */
@State(Scope.Thread)
public class CodecBenchmark {
  private final Frame frame = Samples.delivered();
  private final Plain json = new Plain(Format.JSON, new ObjectMapper(), frame);
  private final Plain msgpack =
      new Plain(Format.MSGPACK, new ObjectMapper(new MessagePackFactory()), frame);

  /** The least that a program in Java would do with a frame. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record Plain(ObjectMapper mapper, byte[] bytes, JsonNode tree) {
    Plain(Format format, ObjectMapper mapper, Frame frame) {
      byte[] bytes = FrameCodec.encode(frame, format);
      this(mapper, bytes, read(mapper, bytes));
    }

    private static JsonNode read(ObjectMapper mapper, byte[] bytes) {
      try {
        return mapper.readTree(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Benchmark
  public Decoded decodeJson() {
    return FrameCodec.decode(Format.JSON, json.bytes);
  }

  @Benchmark
  public JsonNode decodeJsonPlain() throws IOException {
    return json.mapper.readTree(json.bytes);
  }

  @Benchmark
  public byte[] encodeJson() {
    return FrameCodec.encode(frame, Format.JSON);
  }

  @Benchmark
  public byte[] encodeJsonPlain() throws IOException {
    return json.mapper.writeValueAsBytes(json.tree);
  }

  @Benchmark
  public Decoded decodeMsgpack() {
    return FrameCodec.decode(Format.MSGPACK, msgpack.bytes);
  }

  @Benchmark
  public JsonNode decodeMsgpackPlain() throws IOException {
    return msgpack.mapper.readTree(msgpack.bytes);
  }

  @Benchmark
  public byte[] encodeMsgpack() {
    return FrameCodec.encode(frame, Format.MSGPACK);
  }

  @Benchmark
  public byte[] encodeMsgpackPlain() throws IOException {
    return msgpack.mapper.writeValueAsBytes(msgpack.tree);
  }
}

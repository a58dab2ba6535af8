package io.holdfast.micro;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.FrameCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One message of 200 bytes to a thousand readers, from its submission to a view of its buffer for
 * each, beside one that is encoded once and viewed as often.
 */
@State(Scope.Thread)
public class FanoutBenchmark {
  private static final int READERS = 1000;

  private final ObjectMapper mapper = new ObjectMapper();
  private final JsonNode tree;
  private Room room = new Room();
  private List<Hearing> readers = List.of();
  private long published;

  public FanoutBenchmark() {
    try {
      tree = mapper.readTree(FrameCodec.encode(Samples.delivered(), Format.JSON));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A room that is thrown away before its disk, which is memory, holds much. */
  @Setup(Level.Iteration)
  public void open() {
    room = new Room();
    published = 0;
    room.submit(Samples.publish(published++), 0);
    List<Hearing> attached = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      attached.add(room.attach("reader" + i));
    }
    readers = attached;
  }

  @Benchmark
  public int fanout() {
    int before = readers.getLast().heard();
    room.submit(Samples.publish(published++), 0);
    int heard = readers.getLast().heard();
    if (heard != before + 1) {
      throw new IllegalStateException("heard " + (heard - before));
    }
    return heard;
  }

  @Benchmark
  public ByteBuf fanoutPlain() throws IOException {
    ByteBuf shared = Unpooled.wrappedBuffer(mapper.writeValueAsBytes(tree));
    for (int i = 0; i < READERS; i++) {
      Hearing.hand(shared);
    }
    return shared;
  }
}

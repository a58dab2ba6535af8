package io.holdfast.micro;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Format;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The newest 100 messages of a channel in memory, as the body of an answer, beside writing a tree
 * of them and beside copying the bytes.
 */
@State(Scope.Thread)
public class PageBenchmark {
  private static final int MESSAGES = 150;
  private static final int PAGE = 100;

  private final Room room = new Room();
  private final ObjectMapper mapper = new ObjectMapper();
  private final byte[] bytes;
  private final JsonNode tree;

  public PageBenchmark() {
    for (int i = 0; i < MESSAGES; i++) {
      room.submit(Samples.publish(i), 0);
    }
    bytes = BodyCodec.encodeMessages(room.page(PAGE), Format.JSON);
    try {
      tree = mapper.readTree(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    if (tree.size() != PAGE) {
      throw new IllegalStateException(tree.size() + " messages");
    }
  }

  @Benchmark
  public byte[] page() {
    return BodyCodec.encodeMessages(room.page(PAGE), Format.JSON);
  }

  @Benchmark
  public byte[] pagePlain() throws IOException {
    return mapper.writeValueAsBytes(tree);
  }

  @Benchmark
  public byte[] pageCopied() {
    return bytes.clone();
  }
}

package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ObjectFramesTest {
  private static String encoded(FrameShape frame, long msgSerial) {
    return frame.encode(Unpooled.buffer().alloc(), msgSerial, 0).toString(StandardCharsets.UTF_8);
  }

  /** Every value of a JSON text, in order; fails when it is none. */
  private static List<String> values(String json) throws IOException {
    var values = new ArrayList<String>();
    try (var parser = new JsonFactory().createParser(json)) {
      for (JsonToken at = parser.nextToken(); at != null; at = parser.nextToken()) {
        if (at.isScalarValue()) {
          values.add(parser.getText());
        }
      }
    }
    return values;
  }

  @Test
  void setsGoThroughTheSameKeysAgainAndAgain() throws IOException {
    FrameShape sets = ObjectFrames.sets("c", 3, 20, new Random(1));
    List<String> first = values(encoded(sets, 7));
    assertEquals(List.of("19", "c", "7", "1", "root", "k-3-7"), first.subList(0, 6));
    assertEquals(20, first.get(6).length());
    assertEquals("k-3-7", values(encoded(sets, 7 + ObjectFrames.KEYS)).get(5));
  }

  @Test
  void theFirstIncrementMakesTheCounterAndPutsItUnderTheRoot() throws IOException {
    FrameShape increments = ObjectFrames.increments("c", 12);
    String counter = ObjectFrames.counterId(12);
    assertEquals(
        List.of(
            "19",
            "c",
            "0",
            "3",
            counter,
            "{\"count\":0}",
            "a-nonce-of-the-bench",
            "1",
            "root",
            "counter",
            counter),
        values(encoded(increments, 0)));
    assertEquals(List.of("19", "c", "1", "4", counter, "1"), values(encoded(increments, 1)));
  }

  @Test
  void everyEntryOfAFillIsMarkedOnce() throws IOException {
    String frame = ObjectFrames.fill("c", 2, 500, 503, 10);
    assertEquals(3, frame.chars().filter(c -> c == Wire.STAMP).count());
    assertEquals("entry-502", values(frame).get(3 + 2 * 4 + 2));
  }
}

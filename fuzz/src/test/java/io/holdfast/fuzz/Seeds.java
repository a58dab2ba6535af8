package io.holdfast.fuzz;

import io.holdfast.fuzz.Script.Step;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.FrameCodec;
import io.holdfast.protocol.GoldenFrames;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What the fuzzer begins with: the kept frames, and conversations made of them. */
final class Seeds {
  private static final Pattern WORD = Pattern.compile("\"\\w+\":");

  private Seeds() {}

  static Map<String, byte[]> frames(Format format) {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    GoldenFrames.all().forEach((name, frame) -> seeds.put(name, FrameCodec.encode(frame, format)));
    return seeds;
  }

  /** The words of the protocol, in the form of a dictionary of the fuzzer's. */
  static Set<String> words() {
    Set<String> words = new TreeSet<>();
    for (byte[] seed : frames(Format.JSON).values()) {
      WORD.matcher(new String(seed, StandardCharsets.UTF_8))
          .results()
          .forEach(word -> words.add("\"" + word.group().replace("\"", "\\\"") + "\""));
    }
    return words;
  }

  static Map<String, byte[]> conversations() {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    GoldenFrames.all()
        .forEach(
            (name, frame) -> {
              seeds.put(name, attached(0).then(Step.JSON, json(frame)).bytes());
              byte[] msgpack = FrameCodec.encode(frame, Format.MSGPACK);
              seeds.put(name + "-msgpack", attached(1).then(Step.MSGPACK, msgpack).bytes());
            });
    seeds.put("stream", stream(5).bytes());
    seeds.put("stream-cut", cut(stream(4), 0).then(Step.JSON, attach("")).bytes());
    seeds.put("stream-recovered", cut(stream(7), 2).then(Step.JSON, attach("")).bytes());
    seeds.put("superseded", cut(stream(1), 1).then(Step.JSON, attach("")).bytes());
    seeds.put("paced", stream(16).bytes());
    seeds.put("reader", stream(8).bytes());
    seeds.put("filtered", filtered().bytes());
    seeds.put("delta", delta().bytes());
    seeds.put("stalled", stalled().bytes());
    seeds.put("annotated", annotated().bytes());
    return seeds;
  }

  private static byte[] json(Frame frame) {
    return FrameCodec.encode(frame, Format.JSON);
  }

  private static String attach(String more) {
    return "{\"action\":10,\"channel\":\"room\"" + more + "}";
  }

  private static String publish(int number, String message) {
    return "{\"action\":15,\"channel\":\"room\",\"msgSerial\":"
        + number
        + ",\"messages\":["
        + message
        + "]}";
  }

  private static Script attached(int who) {
    return new Script(who)
        .then(Step.JSON, attach(""))
        .then(Step.OTHERS_JSON, attach(",\"params\":{\"rewind\":\"2\"}"));
  }

  private static Script cut(Script script, int how) {
    return script.then(Step.COME_BACK, new byte[] {(byte) how});
  }

  /** An answer, token by token: its serial is the same whenever it is written. */
  private static Script stream(int who) {
    Script script = attached(who).then(Step.JSON, publish(0, "{\"name\":\"a\",\"data\":\"It\"}"));
    String serial = Conversations.serial(script.bytes());
    String append = "{\"action\":5,\"serial\":\"" + serial + "\",\"data\":\" goes\"}";
    return script
        .then(Step.JSON, publish(1, append))
        .then(Step.JSON, publish(2, append))
        .then(Step.TIME, new byte[] {40})
        .then(Step.JSON, publish(3, append.replace(":5", ":1")))
        .then(Step.JSON, publish(4, append.replace(":5", ":2")))
        .then(
            Step.JSON,
            "{\"action\":14,\"channel\":\"room\",\"msgSerial\":5,\"presence\":[{\"action\":2}]}")
        .then(Step.JSON, "{\"action\":17,\"auth\":{\"accessToken\":\"good\"}}");
  }

  private static Script filtered() {
    return new Script(0)
        .then(Step.FILTER, "name == 'a' && (headers.n > `1` || contains(data, 'x'))")
        .then(
            Step.JSON,
            publish(0, "{\"name\":\"a\",\"data\":\"x\",\"extras\":{\"headers\":{\"n\":2}}}"));
  }

  private static Script delta() {
    Script script = new Script(1).then(Step.JSON, attach(",\"params\":{\"delta\":\"vcdiff\"}"));
    for (int i = 0; i < 3; i++) {
      script.then(
          Step.JSON,
          publish(i, "{\"data\":\"the quick brown fox jumps over the lazy dog " + i + "\"}"));
    }
    return script;
  }

  private static Script stalled() {
    Script script = attached(1).then(Step.STALL, "");
    for (int i = 0; i < 3; i++) {
      script.then(Step.OTHERS_JSON, publish(i, "{\"data\":\"held back\"}"));
    }
    return script.then(Step.STALL, "").then(Step.JSON, "{\"action\":12,\"channel\":\"room\"}");
  }

  private static Script annotated() {
    Script script = attached(1).then(Step.JSON, publish(0, "{\"data\":\"like me\"}"));
    String serial = Conversations.serial(script.bytes());
    int number = 1;
    for (String method : new String[] {"total", "flag", "distinct", "unique", "multiple"}) {
      script.then(Step.JSON, annotate(number++, 0, serial, method));
      script.then(Step.JSON, annotate(number++, 1, serial, method));
    }
    return script.then(Step.TIME, new byte[] {100});
  }

  private static String annotate(int number, int action, String serial, String method) {
    return "{\"action\":21,\"channel\":\"room\",\"msgSerial\":"
        + number
        + ",\"annotations\":[{\"action\":"
        + action
        + ",\"messageSerial\":\""
        + serial
        + "\",\"type\":\"n:"
        + method
        + ".v1\",\"name\":\"x\"}]}";
  }
}

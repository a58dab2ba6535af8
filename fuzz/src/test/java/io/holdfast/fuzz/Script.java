package io.holdfast.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * A conversation as bytes: the first says who is talking, then come steps of one byte for what is
 * done, two for a length, and so many of what it is done with. Any bytes are one.
 */
final class Script {
  /** What can be done. */
  enum Step {
    JSON,
    MSGPACK,
    OTHERS_JSON,
    OTHERS_MSGPACK,
    TIME,
    COME_BACK,
    STALL,
    FILTER;

    private static final Step[] ALL = values();
  }

  /** Set in a step after which the server does not get to work yet. */
  private static final int AT_ONCE = 8;

  private static final int HEAD = 3;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Script(int who) {
    bytes.write(who);
  }

  Script then(Step step, byte[] with) {
    bytes.write(step.ordinal());
    bytes.write(with.length >> Byte.SIZE);
    bytes.write(with.length);
    bytes.writeBytes(with);
    return this;
  }

  Script then(Step step, String with) {
    return then(step, with.getBytes(StandardCharsets.UTF_8));
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  static int who(byte[] script) {
    return script.length == 0 ? 0 : script[0];
  }

  /**
   * Goes through the steps.
   *
   * @param settle what the server has to do is done
   */
  static void play(byte[] script, BiConsumer<Step, byte[]> doing, Runnable settle) {
    int at = 1;
    while (at + HEAD <= script.length) {
      int head = script[at];
      int length = ((script[at + 1] & 0xff) << Byte.SIZE) | (script[at + 2] & 0xff);
      int to = Math.min(script.length, at + HEAD + length);
      doing.accept(
          Step.ALL[Math.floorMod(head, Step.ALL.length)],
          Arrays.copyOfRange(script, at + HEAD, to));
      if ((head & AT_ONCE) == 0) {
        settle.run();
      }
      at = to;
    }
  }
}

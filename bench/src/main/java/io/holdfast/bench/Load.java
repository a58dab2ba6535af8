package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The load driver's process: one kind of load against one port, its result on standard output. */
final class Load {
  static final String KEY = "bench.k:secret";

  private Load() {}

  public static void main(String[] args) {
    int exit = 0;
    try {
      drive(Arguments.of(args));
    } catch (LoadFailure | IllegalArgumentException | IOException e) {
      System.err.println(e.getMessage());
      exit = 1;
    }
    // Open connections and their loop would keep the process alive.
    System.exit(exit);
  }

  private static void drive(Arguments arguments) throws IOException {
    String kind = arguments.words().getFirst();
    // A publisher that hears itself would be a subscriber more.
    String extra = kind.equals("hold") ? "" : "&echo=false";
    try (var dialer = new Dialer(arguments.numbers("port"), extra)) {
      switch (kind) {
        case "publish" -> print(new PublishLoad(arguments, dialer).run());
        case "fanout" -> print(new FanoutLoad(arguments, dialer).run());
        case "deliver" -> print(new DeliveryLoad(arguments, dialer).run());
        case "open" -> print(new OpeningLoad(arguments, dialer).run());
        case "answers" -> print(new AnswerLoad(arguments, dialer).run());
        case "streams" -> print(new StreamsLoad(arguments, dialer).run());
        case "slow" -> new SlowLoad(arguments, dialer).run();
        case "storm" -> print(new StormLoad(arguments, dialer).run());
        case "sessions" -> new SessionsReader(arguments, dialer).run();
        case "hold" -> new Holder(arguments, dialer).run();
        default -> throw new LoadFailure("Unknown load: " + kind);
      }
    }
  }

  static void print(Outcome outcome) {
    System.out.println(outcome.line());
    System.out.flush();
  }

  static String text(ByteBuf buf, int from, int to) {
    return buf.toString(from, Math.min(to - from, 500), StandardCharsets.UTF_8);
  }
}

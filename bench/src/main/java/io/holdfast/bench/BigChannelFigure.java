package io.holdfast.bench;

import java.io.IOException;
import java.util.List;

/** Memory of a server whose one channel grows: it must follow a bound, not the channel. */
final class BigChannelFigure implements Figure {
  private static final int PAYLOAD = 200;
  private static final String CHANNEL = "big";

  @Override
  public Report measure(Bench bench, Settings settings) throws IOException {
    int all = settings.messages();
    int tenth = all / 10;
    try (var server = bench.server(bench.freshDirectory("server"));
        var load = bench.load("hold", server)) {
      // The JVM's own growth while it warms up is not the channel's.
      var _ = load.command(60, "fill " + CHANNEL + " 1000");
      Memory before = Memory.of(server);
      Outcome first = load.command(600, "fill " + CHANNEL + " " + (tenth - 1000));
      var _ = load.command(600, "history " + CHANNEL);
      Memory afterTenth = Memory.of(server).minus(before);
      Outcome filled = load.command(600, "fill " + CHANNEL + " " + (all - tenth));
      Outcome history = load.command(600, "history " + CHANNEL);
      Memory afterAll = Memory.of(server).minus(before);
      if (history.get("messages") != all) {
        throw new LoadFailure(
            "History holds %.0f of %d messages.".formatted(history.get("messages"), all));
      }
      return report(all, tenth, List.of(first, filled), history, afterTenth, afterAll);
    }
  }

  private static Report report(
      int all,
      int tenth,
      List<Outcome> fills,
      Outcome history,
      Memory afterTenth,
      Memory afterAll) {
    double seconds = history.get("seconds");
    return new Report(
        "big-channel",
        "one attached channel of " + all + " messages of 200 bytes, history read through",
        List.of(
            row("live heap growth after all", afterAll.heap(), all),
            row("live heap growth after a tenth", afterTenth.heap(), tenth),
            row("resident growth after all", afterAll.resident(), all),
            row("resident growth after a tenth", afterTenth.resident(), tenth),
            Row.alone(
                "published, 256 in flight",
                "messages/s",
                Samples.of(fills, fill -> fill.get("rate"))),
            Row.alone(
                "history read through",
                "messages/s",
                Samples.of(history.get("messages") / seconds)),
            Row.alone("history pages", "", Samples.of(history.get("pages")))),
        List.of(
            "Bounded when the growth after all is near the growth after a tenth. Measured after"
                + " full collections; resident memory also holds pages the JVM keeps for later."));
  }

  private static Row row(String what, double bytes, int messages) {
    return new Row(
        what,
        "bytes",
        Samples.of(bytes),
        "payload published",
        Samples.of((double) messages * PAYLOAD));
  }
}

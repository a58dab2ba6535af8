package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Bytes on disk per streamed answer, for answers of one, two and four lengths. */
final class StorageFigure implements Figure {
  private static final List<Integer> FACTORS = List.of(1, 2, 4);

  /** Unchanged for this long counts as settled; the horizon is a second, compaction is paced. */
  private static final int QUIET_SECONDS = 6;

  private static final int MAX_SETTLE_SECONDS = 90;
  private static final String MESSAGE = "its final message, JSON";

  /**
   * Bytes of one answer.
   *
   * @param message as a reader gets it whole, in JSON
   * @param written to the disk all in all, until it had settled
   */
  private record Stored(
      double streamed, double settled, double payload, double message, double written) {}

  @Override
  public Report measure(Bench bench, Settings settings) throws IOException {
    Path config = bench.freshDirectory("config").resolve("holdfast.yaml");
    var _ = Files.writeString(config, "limits:\n  resumeHorizon: 1s\n");
    long empty = emptyBytes(bench, config);
    var stored = new ArrayList<Stored>();
    for (int factor : FACTORS) {
      stored.add(stream(bench, settings, config, settings.tokens() * factor, empty));
    }
    return report(settings, stored, empty);
  }

  private static long emptyBytes(Bench bench, Path config) throws IOException {
    Path data = bench.freshDirectory("empty");
    for (int start = 0; start < 2; start++) {
      bench.server(data, "--config", config.toString()).close();
    }
    return bytes(data);
  }

  private static Stored stream(Bench bench, Settings settings, Path config, int tokens, long empty)
      throws IOException {
    Path data = bench.freshDirectory("answers");
    Outcome outcome;
    double message;
    double written;
    try (var server = bench.server(data, "--config", config.toString());
        var load =
            bench.load(
                "answers",
                server,
                "--answers",
                Integer.toString(settings.answers()),
                "--tokens",
                Integer.toString(tokens),
                "--rate",
                Integer.toString(settings.tokensPerSecond()))) {
      outcome = load.outcome(600);
      message = messageBytes(bench, server, settings.answers());
      written = server.child().proc().writtenBytes();
    }
    long streamed = bytes(data);
    try (var server = bench.server(data, "--config", config.toString())) {
      settle(data, server);
      written += server.child().proc().writtenBytes();
    }
    double answers = outcome.get("answers");
    return new Stored(
        (streamed - empty) / answers,
        (bytes(data) - empty) / answers,
        outcome.get("payloadBytes") / answers,
        message,
        written / answers);
  }

  /** What history says of an answer, which is all that its channel has. */
  private static double messageBytes(Bench bench, Bench.Target server, int answers)
      throws IOException {
    double bytes = 0;
    try (var load = bench.load("hold", server)) {
      for (int answer = 0; answer < answers; answer++) {
        bytes += load.command(60, "history " + AnswerLoad.channel(answer)).get("bytes");
      }
    }
    return bytes / answers;
  }

  private static void settle(Path data, Bench.Target server) throws IOException {
    long last = bytes(data);
    int quiet = 0;
    for (int second = 0; second < MAX_SETTLE_SECONDS && quiet < QUIET_SECONDS; second++) {
      try {
        TimeUnit.SECONDS.sleep(1);
      } catch (InterruptedException e) {
        throw new LoadFailure("Interrupted.", e);
      }
      // Also fails when the server is gone, which would look settled.
      var _ = server.child().proc().residentBytes();
      long now = bytes(data);
      quiet = now == last ? quiet + 1 : 0;
      last = now;
    }
  }

  /** All files but the engine's text logs: those grow with starts, not with what is stored. */
  static long bytes(Path directory) throws IOException {
    List<Path> files;
    try (var paths = Files.walk(directory)) {
      files = paths.filter(Files::isRegularFile).toList();
    }
    long sum = 0;
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      if (!name.equals("LOG") && !name.startsWith("LOG.old")) {
        sum += size(file);
      }
    }
    return sum;
  }

  private static long size(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      // The engine deletes files while we look.
      return 0;
    }
  }

  private static Report report(Settings settings, List<Stored> stored, long empty) {
    var rows = new ArrayList<Row>();
    Stored first = stored.getFirst();
    for (int i = 0; i < FACTORS.size(); i++) {
      Stored now = stored.get(i);
      String answer = FACTORS.get(i) + "x (" + settings.tokens() * FACTORS.get(i) + " tokens)";
      rows.add(row("per answer, settled, " + answer, "bytes", now.settled, now.payload));
      rows.add(
          new Row(
              "per answer, settled, " + answer,
              "bytes",
              Samples.of(now.settled),
              MESSAGE,
              Samples.of(now.message)));
      rows.add(row("per answer, just streamed, " + answer, "bytes", now.streamed, now.payload));
      rows.add(row("written per answer, all told, " + answer, "bytes", now.written, now.payload));
    }
    for (int i = 1; i < FACTORS.size(); i++) {
      Stored now = stored.get(i);
      String growth = FACTORS.get(i) + "x over 1x";
      rows.add(
          new Row(
              growth + ", settled",
              "",
              Samples.of(now.settled / first.settled),
              "growth of the payload",
              Samples.of(now.payload / first.payload)));
    }
    return new Report(
        "storage",
        settings.answers() + " answers at once, " + settings.tokensPerSecond() + " tokens/s each",
        rows,
        List.of(
            "Linear when the growth ratios stay near 1. Just streamed: after SIGTERM. Settled:"
                + " started again with a resume horizon of 1 s until the size stays the same,"
                + " then stopped.",
            "Written all told: what the servers had the kernel write to the disk until then, by"
                + " which the ratio is the write amplification.",
            "An empty data directory (" + Table.number((double) empty) + " bytes) is taken off."));
  }

  private static Row row(String what, String unit, double bytes, double payload) {
    return new Row(what, unit, Samples.of(bytes), "its text", Samples.of(payload));
  }
}

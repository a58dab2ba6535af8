package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Joining a session of questions and streamed answers: from ATTACH to the first page of its
 * history, from memory and from disk, with answers of two lengths. Beside raw Netty that sends the
 * same bytes, since what a page costs should follow its bytes and not its tokens.
 */
final class AttachFigure implements Figure {
  private static final String NETTY = "raw Netty, the same bytes";
  private static final List<Integer> FACTORS = List.of(1, 10);

  /** Until what a JVM compiles first is compiled, on a session that is not measured. */
  private static final int WARM_JOINS = 60;

  private static final int PATIENCE_SECONDS = 1500;
  private static final SessionPlan SMALL = new SessionPlan(20, 20);

  private final List<List<Outcome>> warm = List.of(new ArrayList<>(), new ArrayList<>());
  private final List<List<Outcome>> raw = List.of(new ArrayList<>(), new ArrayList<>());
  private final List<List<Double>> cold = List.of(new ArrayList<>(), new ArrayList<>());
  private final List<Double> firstOfAll = new ArrayList<>();

  @Override
  public Report measure(Bench bench, Settings settings) throws IOException {
    Path data = bench.freshDirectory("server");
    Path pages = bench.freshDirectory("pages");
    try (var server = bench.server(data);
        var load = bench.load("hold", server)) {
      write(load, "small", SMALL);
      for (int factor : FACTORS) {
        for (int i = 0; i < settings.sessions(); i++) {
          write(load, name(factor, i), settings.session(factor));
        }
      }
      var _ = join(load, name(1, 0), settings.session(1), WARM_JOINS, pages);
      var _ = join(load, name(10, 0), settings.session(10), WARM_JOINS, pages);
      for (int run = 0; run < settings.memoryRuns(); run++) {
        for (int i = 0; i < FACTORS.size(); i++) {
          compared(bench, settings, load, i, pages);
        }
      }
    }
    for (int restart = 0; restart < settings.restarts(); restart++) {
      cold(bench, settings, data, pages);
    }
    return report(settings);
  }

  private static String name(int factor, int session) {
    return "session-" + factor + "-" + session;
  }

  private static void write(Child load, String name, SessionPlan plan) {
    var _ =
        load.command(
            PATIENCE_SECONDS, "session " + name + " " + plan.messages() + " " + plan.tokens());
  }

  private static Outcome join(Child load, String name, SessionPlan plan, int times, Path pages) {
    return load.command(
        PATIENCE_SECONDS,
        "attach %s %d %d %d %s"
            .formatted(name, plan.messages(), plan.tokens(), times, pages.resolve(name)));
  }

  private void compared(Bench bench, Settings settings, Child load, int index, Path pages)
      throws IOException {
    int factor = FACTORS.get(index);
    String name = name(factor, 0);
    SessionPlan plan = settings.session(factor);
    warm.get(index).add(join(load, name, plan, settings.joins(), pages));
    try (var netty = bench.rawNetty("page", "--page", pages.resolve(name).toString());
        var rawLoad = bench.load("hold", netty)) {
      var _ = join(rawLoad, name, plan, WARM_JOINS, pages);
      raw.get(index).add(join(rawLoad, name, plan, settings.joins(), pages));
    }
  }

  /** Each session once by a server that has none of them in memory. */
  private void cold(Bench bench, Settings settings, Path data, Path pages) throws IOException {
    try (var server = bench.server(data);
        var load = bench.load("hold", server)) {
      firstOfAll.add(join(load, "small", SMALL, 1, pages).get("pageMax"));
      var _ = join(load, "small", SMALL, WARM_JOINS, pages);
      for (int session = 0; session < settings.sessions(); session++) {
        for (int i = 0; i < FACTORS.size(); i++) {
          int factor = FACTORS.get(i);
          Outcome outcome = join(load, name(factor, session), settings.session(factor), 1, pages);
          cold.get(i).add(outcome.get("pageMax"));
        }
      }
    }
  }

  private Report report(Settings settings) {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < FACTORS.size(); i++) {
      String what = settings.session(FACTORS.get(i)).tokens() + " tokens, ";
      for (String percentile : List.of("P50", "P99", "Max")) {
        rows.add(row(what + percentile.toLowerCase(Locale.ROOT), "ms", i, percentile));
      }
      rows.add(Row.alone(what + "the page", "bytes", Samples.of(warm.get(i), r -> r.get("bytes"))));
      rows.add(Row.alone(what + "from disk", "ms", new Samples(cold.get(i))));
      rows.add(Row.alone(what + "from disk, most", "ms", Samples.of(most(cold.get(i)))));
    }
    rows.add(Row.alone("first of all after a start, 20 messages", "ms", new Samples(firstOfAll)));
    SessionPlan plan = settings.session(1);
    return new Report(
        "attach",
        "joining a session of " + plan.messages() + " messages, every other a streamed answer",
        rows,
        List.of(
            "From ATTACH to the last byte of the newest "
                + SessionPlan.PAGE
                + " messages up to there, over REST on an open connection; one client every 40 ms,"
                + " counted from when it was due. Every page is compared with the first one, and"
                + " that with what was sent.",
            "From disk: "
                + cold.getFirst().size()
                + " sessions of each length, each the first time it is asked for after a start."
                + " The start has answered "
                + WARM_JOINS
                + " others before; the files may be in the kernel's memory.",
            "Raw Netty greets, attaches and sends the same page from memory."));
  }

  private static double most(List<Double> values) {
    return new Samples(values).max();
  }

  private Row row(String what, String unit, int index, String percentile) {
    return new Row(
        what,
        unit,
        Samples.of(warm.get(index), run -> run.get("page" + percentile)),
        NETTY,
        Samples.of(raw.get(index), run -> run.get("page" + percentile)));
  }
}

package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Shared objects: operations beside durable publishes, their sync, and what an entry costs. */
final class ObjectsFigure implements Figure {
  private static final String PUBLISHES = "durable publishes, same run";
  private static final int WARM_SYNCS = 12;
  private static final int WARM_UP_SYNCS = 6;

  /** Outcomes of one kind of load, on own channels and on one. */
  private record Rates(String what, List<Outcome> own, List<Outcome> one) {
    Rates(String what) {
      this(what, new ArrayList<>(), new ArrayList<>());
    }
  }

  private final Rates messages = new Rates("messages");
  private final Rates sets = new Rates("sets");
  private final Rates increments = new Rates("increments");
  private final List<Double> cold = new ArrayList<>();
  private final List<Double> warm = new ArrayList<>();
  private final List<Double> syncBytes = new ArrayList<>();
  private final List<Double> filled = new ArrayList<>();
  private final List<Double> heap = new ArrayList<>();
  private final List<Double> resident = new ArrayList<>();

  @Override
  public Report measure(Bench bench, Settings settings) throws IOException {
    try (var server = bench.server(bench.freshDirectory("server"))) {
      for (int run = 0; run < settings.runs(); run++) {
        for (Rates rates : List.of(messages, sets, increments)) {
          rates.own().add(operate(bench, settings, server, run, rates.what(), "own"));
          rates.one().add(operate(bench, settings, server, run, rates.what(), "one"));
        }
      }
    }
    for (int run = 0; run < settings.memoryRuns(); run++) {
      Path data = bench.freshDirectory("objects");
      try (var server = bench.server(data)) {
        hold(bench, settings, server);
      }
      try (var server = bench.server(data);
          var load = bench.load("hold", server)) {
        cold.add(load.command(120, "sync " + map(0) + " " + settings.entries()).get("ms"));
      }
    }
    return report(bench, settings);
  }

  private static Outcome operate(
      Bench bench, Settings settings, Bench.Target target, int run, String what, String channels)
      throws IOException {
    try (var load =
        bench.load(
            "publish",
            target,
            "--what",
            what,
            "--channels",
            channels,
            "--connections",
            Integer.toString(settings.connections()),
            "--warmup",
            Integer.toString(settings.warmup(run)),
            "--millis",
            Integer.toString(settings.millis()))) {
      return load.outcome(120);
    }
  }

  /** Fills maps, with the server's memory before and after, and attaches to one of them. */
  private void hold(Bench bench, Settings settings, Bench.Target server) throws IOException {
    int entries = settings.entries();
    try (var load = bench.load("hold", server)) {
      // The JVM's own growth while it warms up is not the entries'.
      var _ = load.command(120, "entries warm-up " + entries);
      var before = Memory.of(server);
      for (int i = 0; i < settings.maps(); i++) {
        filled.add(load.command(120, "entries " + map(i) + " " + entries).get("rate"));
      }
      Memory more = Memory.of(server).minus(before);
      double all = (double) entries * settings.maps();
      heap.add(more.heap() / all);
      resident.add(more.resident() / all);
      for (int i = 0; i < WARM_UP_SYNCS + WARM_SYNCS; i++) {
        Outcome sync = load.command(120, "sync " + map(0) + " " + entries);
        if (i >= WARM_UP_SYNCS) {
          warm.add(sync.get("ms"));
          syncBytes.add(sync.get("bytes"));
        }
      }
    }
  }

  private static String map(int i) {
    return "map-" + i;
  }

  private Report report(Bench bench, Settings settings) {
    String entries = settings.entries() + " entries";
    double payload = ObjectFrames.key(settings.entries()).length() + EntryWriter.VALUE_BYTES;
    String payloadName = "its key and value, " + Math.round(payload) + " bytes";
    var rows = new ArrayList<Row>();
    for (Rates rates : List.of(sets, increments)) {
      rows.add(row(rates.what() + " acked, own channels", "/s", rates.own(), "closedRate", true));
      rows.add(row(rates.what() + " acked, one channel", "/s", rates.one(), "closedRate", false));
      rows.add(row(rates.what() + " ack p50, own", "ms", rates.own(), "closedP50", true));
      rows.add(row(rates.what() + " ack p99, own", "ms", rates.own(), "closedP99", true));
      rows.add(row(rates.what() + " ack p99, one", "ms", rates.one(), "closedP99", false));
    }
    rows.add(Row.alone(entries + ", attach to synced, warm", "ms", new Samples(warm)));
    rows.add(Row.alone(entries + ", attach to synced, cold", "ms", new Samples(cold)));
    rows.add(
        new Row(
            entries + ", sent to sync",
            "bytes",
            new Samples(syncBytes),
            "their keys and values",
            Samples.of(payload * settings.entries())));
    rows.add(Row.alone("entries set, 250 a frame", "/s", new Samples(filled)));
    rows.add(
        new Row(
            "live heap per entry", "bytes", new Samples(heap), payloadName, Samples.of(payload)));
    rows.add(
        new Row(
            "resident memory per entry",
            "bytes",
            new Samples(resident),
            payloadName,
            Samples.of(payload)));
    return new Report(
        "objects",
        settings.connections() + " connections, one operation in flight each, synced",
        rows,
        List.of(
            "Sets are of 200 bytes, in "
                + ObjectFrames.KEYS
                + " keys a connection; increments are of one counter a channel. Publishes are of"
                + " 200 bytes, on the same server, in turn with the operations.",
            "Cold: the first attach to a server that has just started on the data. Warm: later ones,"
                + " with the channel in memory. Memory is of "
                + settings.maps()
                + " maps after full collections.",
            Report.driver(
                Samples.of(
                    Stream.of(messages, sets, increments)
                        .flatMap(rates -> Stream.concat(rates.own().stream(), rates.one().stream()))
                        .toList(),
                    run -> run.get("closedDriverCores"))),
            "JVM options: " + bench.serverFlags() + "."));
  }

  private Row row(String what, String unit, List<Outcome> operations, String name, boolean own) {
    return new Row(
        what,
        unit,
        Samples.of(operations, run -> run.get(name)),
        PUBLISHES,
        Samples.of(own ? messages.own() : messages.one(), run -> run.get(name)));
  }
}

package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** {@code ./holdfast bench [name]}: measures, prints, and writes what it measured. */
final class Main {
  private static final String QUICK = "quick";
  private static final String ALL = "all";

  /** Needs what not every machine has, so it is not measured unless it is named. */
  private static final String CLUSTER = "cluster";

  /** What is measured when {@code quick} stands alone: two minutes are not enough for all. */
  private static final List<String> QUICKEST =
      List.of("publish", "fanout", "streams", "attach", "slow", "storm");

  private static final String USAGE =
      """
      ./holdfast bench [quick] [FIGURE ...] [--option value ...]

        publish fanout streams attach start slow storm soak storage idle big-channel objects sessions
        cluster      several nodes on NATS servers; only when it is named, for it needs nats-server

        quick        a short version of the named figures (quick all: of all of them); alone, of those
                     that tell most within two minutes
        --json FILE  where the samples go (bench/results/<name>.json)
        --work DIR   where data goes while measuring, on a real disk (bench/target/bench)
        --runs N --seconds N --connections N --subscribers N --window N
        --answers N --tokens N --rate N --idle N --messages N --entries N --maps N --clients N
        --readers N --joins N --restarts N --sessions N --mebibytes N --channels N
        --minutes N --interval N
        --nodes N --opened N --parts publish,deliver,cpu,channels,attach (cluster)
      """;

  private Main() {}

  public static void main(String[] args) {
    int exit = 0;
    try {
      run(Arguments.of(args));
    } catch (LoadFailure | IllegalArgumentException | IOException e) {
      System.err.println("The bench stopped: " + e.getMessage());
      exit = 1;
    }
    System.exit(exit);
  }

  private static Map<String, Supplier<Figure>> figures() {
    var figures = new LinkedHashMap<String, Supplier<Figure>>();
    figures.put("publish", PublishFigure::new);
    figures.put("fanout", FanoutFigure::new);
    figures.put("streams", StreamsFigure::new);
    figures.put("attach", AttachFigure::new);
    figures.put("start", StartFigure::new);
    figures.put("slow", SlowFigure::new);
    figures.put("storm", StormFigure::new);
    figures.put("soak", SoakFigure::new);
    figures.put("storage", StorageFigure::new);
    figures.put("idle", IdleFigure::new);
    figures.put("big-channel", BigChannelFigure::new);
    figures.put("objects", ObjectsFigure::new);
    figures.put("sessions", SessionsFigure::new);
    figures.put(CLUSTER, ClusterFigure::new);
    return figures;
  }

  private static void run(Arguments arguments) throws IOException {
    if (arguments.words().contains("help")) {
      System.out.print(USAGE);
      return;
    }
    var chosen = chosen(arguments.words());
    String name = arguments.words().isEmpty() ? ALL : String.join("-", arguments.words());
    Path launcher = launcher();
    Path work = work(arguments, launcher);
    var settings = new Settings(arguments.words().contains(QUICK), arguments);
    try (var bench = new Bench(launcher, work)) {
      Machine machine = Machine.here(work);
      System.out.print(machine.text());
      var reports = new ArrayList<Report>();
      for (Supplier<Figure> figure : chosen.values()) {
        Report report = figure.get().measure(bench, settings);
        reports.add(report);
        System.out.print(Table.render(report));
        System.out.flush();
        // After each figure: an hour of figures must not be lost to the last one.
        write(json(arguments, launcher, name), machine, reports);
      }
    }
  }

  /** The named figures; when none is named, all of them, or the quickest. */
  private static Map<String, Supplier<Figure>> chosen(List<String> words) {
    var named = new ArrayList<>(words.equals(List.of(QUICK)) ? QUICKEST : words);
    named.removeAll(List.of(QUICK, ALL));
    var chosen = figures();
    for (String name : named) {
      if (!chosen.containsKey(name)) {
        throw new IllegalArgumentException("There is no figure " + name + ".\n" + USAGE);
      }
    }
    if (named.isEmpty()) {
      var _ = chosen.remove(CLUSTER);
    } else {
      chosen.keySet().retainAll(named);
    }
    return chosen;
  }

  private static Path launcher() {
    String launcher = System.getProperty("holdfast.launcher");
    if (launcher == null) {
      throw new IllegalArgumentException("Start the bench with ./holdfast bench.");
    }
    return Path.of(launcher).toAbsolutePath();
  }

  private static Path work(Arguments arguments, Path launcher) {
    String unique = "bench-" + ProcessHandle.current().pid();
    String chosen = arguments.text("work", "");
    Path parent =
        chosen.isEmpty() ? launcher.resolveSibling("bench/target/bench") : Path.of(chosen);
    return parent.resolve(unique).toAbsolutePath();
  }

  private static Path json(Arguments arguments, Path launcher, String name) {
    String chosen = arguments.text("json", "");
    return chosen.isEmpty()
        ? launcher.resolveSibling("bench/results/" + name + ".json")
        : Path.of(chosen).toAbsolutePath();
  }

  private static void write(Path file, Machine machine, List<Report> reports) throws IOException {
    Path parent = file.getParent();
    if (parent != null) {
      var _ = Files.createDirectories(parent);
    }
    try (var writer = Files.newBufferedWriter(file)) {
      ReportFile.write(writer, machine, Clock.systemUTC().instant(), reports);
    }
  }
}

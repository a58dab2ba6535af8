package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** {@code ./holdfast bench [name]}: measures, prints, and writes what it measured. */
final class Main {
  static final String QUICK = "quick";
  static final String KEEP = "keep";
  private static final String ALL = "all";
  private static final String CHARTS = "charts";

  /** Needs what not every machine has, so it is not measured unless it is named. */
  private static final String CLUSTER = "cluster";

  /** What is measured when {@code quick} stands alone: two minutes are not enough for all. */
  private static final List<String> QUICKEST =
      List.of("publish", "fanout", "streams", "attach", "slow", "storm");

  private static final String USAGE =
      """
      ./holdfast bench [quick] [keep] [FIGURE ...] [--option value ...]
      ./holdfast bench charts

        publish fanout streams attach start slow storm soak storage idle big-channel objects sessions
        micro        what is done again and again, in one thread, by JMH
        cluster      several nodes on NATS servers; only when it is named, for it needs nats-server

        quick        a short version of the named figures (quick all: of all of them); alone, of those
                     that tell most within two minutes; beside each ratio stands the one kept last
        keep         what is measured becomes what is kept: bench/results, or bench/results/quick
        charts       draws what is kept into docs/performance, and writes the table of targets
                     in docs/performance.md
        --json FILE  where the samples go (bench/target/results/<name>.json)
        --work DIR   where data goes while measuring, on a real disk (bench/target/bench)
        --within N   gives up after so many seconds
        --runs N --seconds N --connections N --subscribers N --window N
        --answers N --tokens N --rate N --idle N --messages N --entries N --maps N --clients N
        --readers N --joins N --restarts N --sessions N --mebibytes N --channels N
        --minutes N --interval N --rounds N
        --nodes N --opened N --parts publish,deliver,cpu,channels,attach (cluster)
      """;

  private Main() {}

  public static void main(String[] args) {
    int exit = 0;
    try {
      exit = run(Arguments.of(args)).isEmpty() ? 0 : 1;
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
    figures.put("micro", MicroFigure::new);
    figures.put(CLUSTER, ClusterFigure::new);
    return figures;
  }

  /** The figures that could not be measured. */
  private static List<String> run(Arguments arguments) throws IOException {
    if (arguments.words().contains("help")) {
      System.out.print(USAGE);
      return List.of();
    }
    if (arguments.words().contains(CHARTS)) {
      draw(launcher());
      return List.of();
    }
    Path launcher = launcher();
    giveUpAfter(arguments.number("within", 0));
    try (var bench = new Bench(launcher, work(arguments, launcher))) {
      return measure(bench, launcher, arguments);
    }
  }

  /** What hangs must not hold up those who wait for it; what was started ends with this process. */
  private static void giveUpAfter(int seconds) {
    if (seconds == 0) {
      return;
    }
    var _ =
        Thread.ofPlatform()
            .daemon()
            .name("deadline")
            .start(
                () -> {
                  try {
                    Thread.sleep(Duration.ofSeconds(seconds));
                  } catch (InterruptedException e) {
                    return;
                  }
                  System.err.println("The bench gave up: not done after " + seconds + " s.");
                  System.exit(1);
                });
  }

  private static List<String> measure(Bench bench, Path launcher, Arguments arguments)
      throws IOException {
    var figures = chosen(arguments.words());
    var settings = Settings.of(arguments);
    var kept = Kept.in(results(launcher), settings.quick());
    Machine machine = Machine.here(bench.work());
    System.out.print(machine.text());
    var reports = new ArrayList<Report>();
    var failed = new ArrayList<String>();
    for (String name : figures.keySet()) {
      try {
        reports.add(figures.get(name).get().measure(bench, settings));
      } catch (Incomplete e) {
        reports.add(e.report());
        failed.add(name);
        System.err.println("The figure " + name + " stopped in parts: " + e.getMessage());
      } catch (LoadFailure e) {
        failed.add(name);
        System.err.println("The figure " + name + " stopped: " + e.getMessage());
        continue;
      }
      Report report = reports.getLast();
      System.out.print(Table.render(report));
      if (settings.quick()) {
        kept.of(report.name()).ifPresent(last -> System.out.print(Comparison.render(report, last)));
      }
      if (arguments.words().contains(KEEP)) {
        kept.keep(machine, Clock.systemUTC().instant(), report);
      }
      System.out.flush();
      // After each figure: an hour of figures must not be lost to the last one.
      write(json(arguments, launcher), machine, reports);
    }
    System.out.println(
        "\nmeasured: %d, stopped: %d".formatted(figures.size() - failed.size(), failed.size()));
    return failed;
  }

  /** The named figures; when none is named, all of them, or the quickest. */
  private static Map<String, Supplier<Figure>> chosen(List<String> words) {
    var named = new ArrayList<>(words);
    named.removeAll(List.of(KEEP));
    if (named.equals(List.of(QUICK))) {
      named.addAll(QUICKEST);
    }
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

  private static Path json(Arguments arguments, Path launcher) {
    String chosen = arguments.text("json", "");
    String name = arguments.words().isEmpty() ? ALL : String.join("-", arguments.words());
    return chosen.isEmpty()
        ? launcher.resolveSibling("bench/target/results/" + name + ".json")
        : Path.of(chosen).toAbsolutePath();
  }

  private static Path results(Path launcher) {
    return launcher.resolveSibling("bench/results");
  }

  private static void draw(Path launcher) throws IOException {
    var all = Kept.in(results(launcher), false).all();
    List<Path> pictures = Chart.draw(all, launcher.resolveSibling("docs/performance"));
    var written = new ArrayList<>(pictures);
    written.add(
        PerformancePage.write(all, pictures, launcher.resolveSibling("docs/performance.md")));
    for (Path file : written) {
      System.out.println(launcher.resolveSibling("").relativize(file));
    }
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

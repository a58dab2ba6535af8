package io.holdfast.bench;

import java.util.List;

/** Time and processor use of the driver and of what it drives, from start to stop. */
final class Meter {
  private final Cores driver;
  private final Cores servers;

  /** What the servers keep everything on, if that has processes of its own. */
  private final Cores engine;

  private final long startedNanos = System.nanoTime();

  private Meter(List<Proc> servers, List<Proc> engine) {
    this.driver = new Cores(List.of(Proc.self()));
    this.servers = new Cores(servers);
    this.engine = new Cores(engine);
  }

  /** Of the processes that are named as {@code --pid}, and as {@code --engine} if there are any. */
  static Meter of(Arguments arguments) {
    boolean engine = !arguments.text("engine", "").isEmpty();
    return new Meter(
        procs(arguments.numbers("pid")), engine ? procs(arguments.numbers("engine")) : List.of());
  }

  /** Of a baseline that has nobody to drive but itself. */
  static Meter ofItself() {
    return new Meter(List.of(Proc.self()), List.of());
  }

  private static List<Proc> procs(List<Integer> pids) {
    return pids.stream().map(Proc::new).toList();
  }

  /** Puts the rate and the cores used by all sides; returns the seconds measured. */
  double stop(Outcome outcome, String prefix, long count) {
    double seconds = (System.nanoTime() - startedNanos) / 1e9;
    double serverSeconds = servers.seconds();
    outcome
        .put(prefix + "Rate", (double) count / seconds)
        .put(prefix + "DriverCores", driver.seconds() / seconds)
        .put(prefix + "ServerCores", serverSeconds / seconds)
        .put(prefix + "EngineCores", engine.seconds() / seconds)
        .put(prefix + "ServerMicros", count == 0 ? 0 : serverSeconds * 1e6 / (double) count);
    return seconds;
  }

  /** Processor time of some processes together since this was made. */
  private static final class Cores {
    private final List<Proc> procs;
    private final double before;

    Cores(List<Proc> procs) {
      this.procs = procs;
      this.before = sum();
    }

    private double sum() {
      return procs.stream().mapToDouble(Proc::cpuSeconds).sum();
    }

    double seconds() {
      return sum() - before;
    }
  }
}

package io.holdfast.bench;

/** Time and processor use of the driver and of what it drives, from start to stop. */
final class Meter {
  private final Proc driver = Proc.self();
  private final Proc server;
  private final long startedNanos = System.nanoTime();
  private final double driverCpu;
  private final double serverCpu;

  Meter(long serverPid) {
    server = new Proc(serverPid);
    driverCpu = driver.cpuSeconds();
    serverCpu = server.cpuSeconds();
  }

  /** Puts the rate and the cores used by both sides; returns the seconds measured. */
  double stop(Outcome outcome, String prefix, long count) {
    double seconds = (System.nanoTime() - startedNanos) / 1e9;
    double serverSeconds = server.cpuSeconds() - serverCpu;
    outcome
        .put(prefix + "Rate", (double) count / seconds)
        .put(prefix + "DriverCores", (driver.cpuSeconds() - driverCpu) / seconds)
        .put(prefix + "ServerCores", serverSeconds / seconds)
        .put(prefix + "ServerMicros", count == 0 ? 0 : serverSeconds * 1e6 / (double) count);
    return seconds;
  }
}

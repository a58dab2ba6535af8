package io.holdfast.server;

import io.holdfast.channels.Channels;
import io.holdfast.connections.Connections;
import io.holdfast.journalrocksdb.RocksStats;
import io.holdfast.nodes.Nodes;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is counted, as Prometheus reads it. Counting is done where things happen; this only asks.
 */
final class Metrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final Timer acks =
      Timer.builder("holdfast.publish.ack")
          .description("Time from a publish's arrival to its acknowledgement; a sample")
          .serviceLevelObjectives(
              Duration.ofMillis(1),
              Duration.ofMillis(2),
              Duration.ofMillis(5),
              Duration.ofMillis(10),
              Duration.ofMillis(20),
              Duration.ofMillis(50),
              Duration.ofMillis(100),
              Duration.ofMillis(250),
              Duration.ofSeconds(1),
              Duration.ofSeconds(5),
              Duration.ofSeconds(30))
          .register(registry);

  Metrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    gc.bindTo(registry);
  }

  void acked(long nanos) {
    acks.record(nanos, TimeUnit.NANOSECONDS);
  }

  void watch(Traffic traffic) {
    traffic.in().forEach((action, count) -> frames("holdfast.frames.in", action, count));
    traffic.out().forEach((action, count) -> frames("holdfast.frames.out", action, count));
    count("holdfast.frames.in.bytes", "Bytes of frames that arrived", traffic, Traffic::bytesIn);
    count("holdfast.frames.out.bytes", "Bytes of frames that left", traffic, Traffic::bytesOut);
    count("holdfast.publishes.acked", "Publishes acknowledged", traffic, Traffic::acked);
  }

  void watch(House house) {
    count("holdfast.http.requests", "Requests over HTTP", house, House::requests);
    count("holdfast.http.faults", "Requests answered with a fault of ours", house, House::faults);
  }

  void watch(Connections connections, Channels channels) {
    gauge("holdfast.connections", "Connections", connections, Connections::size);
    gauge("holdfast.channels", "Channels in memory", channels, all -> all.open().size());
  }

  void watch(Nodes nodes) {
    gauge("holdfast.nodes", "Live nodes on the journal", nodes, all -> 1 + all.others().size());
  }

  /** Watches the engine, if it counts. */
  void watch(Supplier<@Nullable RocksStats> stats) {
    if (stats.get() == null) {
      return;
    }
    count("holdfast.journal.commits", "Synced writes", stats, of(RocksStats::commits));
    count("holdfast.journal.entries", "Entries appended", stats, of(RocksStats::entries));
    count("holdfast.journal.bytes", "Bytes of entries", stats, of(RocksStats::bytes));
    count("holdfast.journal.checkpoints", "Checkpoints", stats, of(RocksStats::manifests));
    count("holdfast.journal.trims", "Logs shortened", stats, of(RocksStats::trims));
    count("holdfast.journal.syncs", "Syncs of the log", stats, of(RocksStats::logSyncs));
    gauge(
        "holdfast.journal.waiting.bytes",
        "Waiting for a sync",
        stats,
        of(RocksStats::waitingBytes));
    gauge("holdfast.journal.disk.bytes", "On disk", stats, of(RocksStats::diskBytes));
  }

  private static ToDoubleFunction<Supplier<@Nullable RocksStats>> of(
      ToDoubleFunction<RocksStats> what) {
    return stats -> {
      RocksStats now = stats.get();
      return now == null ? Double.NaN : what.applyAsDouble(now);
    };
  }

  private void frames(String name, String action, LongAdder count) {
    FunctionCounter.builder(name, count, LongAdder::sum)
        .description("Frames by what they are")
        .tag("action", action)
        .register(registry);
  }

  private <T> void count(String name, String what, T source, ToDoubleFunction<T> value) {
    FunctionCounter.builder(name, source, value).description(what).register(registry);
  }

  private <T> void gauge(String name, String what, T source, ToDoubleFunction<T> value) {
    Gauge.builder(name, source, value).description(what).strongReference(true).register(registry);
  }

  String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}

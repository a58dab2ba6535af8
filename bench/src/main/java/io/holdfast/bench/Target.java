package io.holdfast.bench;

import java.util.List;
import java.util.Optional;

/**
 * What one figure is to be. It names rows of a report as the figure writes them.
 *
 * @param number of the target that this belongs to
 * @param wanted for people
 * @param report whose row it is
 * @param what the row's name, or how it begins
 * @param baseline its baseline's name, empty for a row's own value
 * @param judged the ratio to the baseline, or the value itself
 * @param atMost whether less is better
 * @param repeat the words that come after {@code ./holdfast bench}
 */
record Target(
    int number,
    String wanted,
    String report,
    String what,
    String baseline,
    Judged judged,
    boolean atMost,
    double limit,
    String repeat) {
  enum Judged {
    RATIO,
    MEDIAN,
    MOST
  }

  /** Of a machine with two cores. */
  static final List<Target> ALL =
      List.of(
          ratio(
              1,
              "durable publishes/s, 64 in flight: 0.60 of raw Netty + RocksDB group commit",
              row("publish", "acked, own channels", "raw Netty + RocksDB group commit"),
              0.6),
          most(
              1,
              "p99 of an ACK at half load: 5 ms",
              row("publish", "ack p99, own half rate, own"),
              5),
          ratio(
              2,
              "1 channel to 1,000 subscribers: 0.80 of raw Netty at the same flush policy",
              row("fanout", "saturated", "raw Netty, flush per 8 messages"),
              0.8),
          ratio(
                  2,
                  "to 5,000 subscribers: the same",
                  row("fanout-5000", "saturated", "raw Netty, flush per 8 messages"),
                  0.8)
              .by("fanout --subscribers 5000"),
          most(
              3,
              "2,000 answers x 50 tokens/s x 2 readers, p99 to a reader: 100 ms",
              row("streams", "due to received, p99"),
              100),
          least(3, "held to the end, no token lost", row("streams", "held to the end"), 1),
          least(
              3,
              "most answers at once that are within 100 ms",
              row("streams", "most answers at once"),
              2000),
          most(
              4,
              "joining 1,000 messages, p99 to the first page: 20 ms",
              row("attach", "600 tokens, p99"),
              20),
          atMostRatio(
              4,
              "answers ten times as long: 1.5 of raw Netty sending the same bytes",
              row("attach", "6000 tokens, p99", "raw Netty, the same bytes"),
              1.5),
          worst(
              4,
              "the first time after a start, the longest: 50 ms",
              row("attach", "600 tokens, from disk"),
              50),
          atMostRatio(
              5,
              "disk per streamed answer, settled: 1.5 of its final message",
              row("storage", "per answer, settled, 1x", "its final message, JSON"),
              1.5),
          atMostRatio(
              5,
              "four times as long: no more than its share",
              row("storage", "4x over 1x, settled", "growth of the payload"),
              1.1),
          most(
              6,
              "10,000 idle connections, resident memory each: 9 KB",
              row("idle", "resident memory"),
              9 * 1024),
          most(6, "live heap each: 3 KB", row("idle", "live heap"), 3 * 1024),
          worst(7, "ready on an empty directory: 1.0 s", row("start", "an empty directory"), 1),
          worst(
                  7,
                  "on 10 GB, stopped cleanly: 1.0 s",
                  row("start", StartFigure.LARGE + ", stopped cleanly"),
                  1)
              .by("start --mebibytes 10240"),
          worst(7, "on 10 GB, killed: 1.0 s", row("start", StartFigure.LARGE + ", killed"), 1)
              .by("start --mebibytes 10240"),
          atMostRatio(
              8,
              "a slow reader moves the others' p99 by a tenth at most",
              row("slow", "the others, due to received, p99", "nobody slow, same run"),
              1.1),
          worst(
              9,
              "5,000 clients cut at once, all caught up: 10 s",
              row("storm", "from the cut until all are caught up"),
              10_000),
          worst(9, "publishes refused meanwhile: none", row("storm", "publishes refused"), 0),
          atMostRatio(
                  10,
                  "an hour at half load, p99 in the last quarter beside the first: flat",
                  row("soak", "due to received, p99, last quarter", "the first quarter"),
                  1.1)
              .by("soak --minutes 60 --answers N"),
          atMostRatio(
                  10,
                  "resident memory: flat",
                  row("soak", "resident memory, last quarter", "the first quarter"),
                  1.1)
              .by("soak --minutes 60 --answers N"),
          most(10, "a pause of the collector, p99: 5 ms", row("soak", "a pause, p99"), 5)
              .by("soak --minutes 60 --answers N"));

  private record Named(String report, String what, String baseline) {}

  private static Named row(String report, String what) {
    return new Named(report, what, "");
  }

  private static Named row(String report, String what, String baseline) {
    return new Named(report, what, baseline);
  }

  private static Target of(
      int number, String wanted, Named row, Judged judged, boolean atMost, double limit) {
    return new Target(
        number, wanted, row.report, row.what, row.baseline, judged, atMost, limit, row.report);
  }

  private static Target ratio(int number, String wanted, Named row, double limit) {
    return of(number, wanted, row, Judged.RATIO, false, limit);
  }

  private static Target atMostRatio(int number, String wanted, Named row, double limit) {
    return of(number, wanted, row, Judged.RATIO, true, limit);
  }

  private static Target most(int number, String wanted, Named row, double limit) {
    return of(number, wanted, row, Judged.MEDIAN, true, limit);
  }

  private static Target least(int number, String wanted, Named row, double limit) {
    return of(number, wanted, row, Judged.MEDIAN, false, limit);
  }

  /** Every run counts. */
  private static Target worst(int number, String wanted, Named row, double limit) {
    return of(number, wanted, row, Judged.MOST, true, limit);
  }

  private Target by(String words) {
    return new Target(number, wanted, report, what, baseline, judged, atMost, limit, words);
  }

  /** The row that it is about, of all that is kept. */
  Optional<Row> find(List<Measured> kept) {
    return kept.stream()
        .flatMap(measured -> measured.reports().stream())
        .filter(found -> found.name().equals(report))
        .flatMap(found -> found.rows().stream())
        .filter(this::isAbout)
        .findFirst();
  }

  private boolean isAbout(Row row) {
    return row.what().startsWith(what)
        && (baseline.isEmpty() || row.baselineName().equals(baseline))
        && (judged != Judged.RATIO || row.compares());
  }

  double value(Row row) {
    return switch (judged) {
      case RATIO -> row.ratio();
      case MEDIAN -> row.product().median();
      case MOST -> row.product().max();
    };
  }

  boolean met(Row row) {
    return atMost ? value(row) <= limit : value(row) >= limit;
  }
}

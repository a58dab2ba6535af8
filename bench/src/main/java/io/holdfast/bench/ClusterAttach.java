package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Sessions joined on nodes that have not opened them before. */
final class ClusterAttach {
  private static final String RAW = "raw JetStream, as many messages";
  private static final int PATIENCE_SECONDS = 1500;

  /** Longer than a channel that nobody uses stays in memory, and until it is looked for. */
  private static final long REST_NANOS = 50_000_000_000L;

  /** Sessions that are joined before others are, and joins of a short one, to warm a node. */
  private static final int WARM_SESSIONS = 5;

  private static final int WARM_JOINS = 60;
  private static final SessionPlan SMALL = new SessionPlan(20, 20);

  private record Joined(List<Double> attached, List<Double> page) {
    Joined() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    void add(Outcome outcome) {
      attached.add(outcome.get("attachedMax"));
      page.add(outcome.get("pageMax"));
    }
  }

  private final Joined old = new Joined();
  private final Joined fresh = new Joined();
  private final List<Double> pageBytes = new ArrayList<>();
  private Outcome raw = new Outcome();
  private double newBytes;
  private long writtenNanos;

  /** Those that are to be at rest when they are joined. */
  void writeOld(Cluster cluster, ClusterPlan plan) throws IOException {
    try (var writer = cluster.holder(0)) {
      write(writer, "old-", plan.session(), plan.sessions());
    }
    writtenNanos = System.nanoTime();
  }

  void measure(Cluster cluster, ClusterPlan plan) throws IOException {
    if (cluster.nodes().size() < 2) {
      return;
    }
    Path pages = cluster.freshDirectory("pages");
    warm(cluster, plan, pages);
    if (writtenNanos != 0) {
      awaitRest();
      joinAll(cluster, "old-", plan, pages, old);
    }
    long before = cluster.engine().journalBytes();
    try (var writer = cluster.holder(0)) {
      write(writer, "new-", plan.session(), plan.sessions());
    }
    newBytes = (cluster.engine().journalBytes() - before) / (double) plan.sessions();
    joinAll(cluster, "new-", plan, pages, fresh);
    raw = raw(cluster, plan);
  }

  private static void warm(Cluster cluster, ClusterPlan plan, Path pages) throws IOException {
    try (var writer = cluster.holder(0)) {
      write(writer, "small-", SMALL, 1);
      write(writer, "tried-", plan.session(), WARM_SESSIONS);
    }
    for (int node = 1; node < cluster.nodes().size(); node++) {
      try (var reader = cluster.holder(node)) {
        var _ = join(reader, "small-0", SMALL, WARM_JOINS, pages);
        for (int i = 0; i < WARM_SESSIONS; i++) {
          var _ = join(reader, "tried-" + i, plan.session(), 1, pages);
        }
      }
    }
  }

  private void awaitRest() {
    try {
      long left = writtenNanos + REST_NANOS - System.nanoTime();
      Thread.sleep(Math.max(0, left / 1_000_000));
    } catch (InterruptedException e) {
      throw new LoadFailure("Interrupted.", e);
    }
  }

  private static void write(Child writer, String prefix, SessionPlan plan, int count) {
    var _ =
        writer.command(
            PATIENCE_SECONDS,
            "sessions %s %d %d %d".formatted(prefix, plan.messages(), plan.tokens(), count));
  }

  /** Each once on every node but the one that it was written on. */
  private void joinAll(Cluster cluster, String prefix, ClusterPlan plan, Path pages, Joined joined)
      throws IOException {
    for (int node = 1; node < cluster.nodes().size(); node++) {
      try (var reader = cluster.holder(node)) {
        for (int i = 0; i < plan.sessions(); i++) {
          Outcome outcome = join(reader, prefix + i, plan.session(), 1, pages);
          joined.add(outcome);
          pageBytes.add(outcome.get("bytes"));
        }
      }
    }
  }

  private static Outcome join(Child reader, String name, SessionPlan plan, int times, Path pages) {
    return reader.command(
        PATIENCE_SECONDS,
        "attach %s %d %d %d %s"
            .formatted(name, plan.messages(), plan.tokens(), times, pages.resolve(name)));
  }

  private static Outcome raw(Cluster cluster, ClusterPlan plan) throws IOException {
    SessionPlan session = plan.session();
    int bytes = (session.text(0).length() + session.text(1).length()) / 2;
    return cluster.raw(
        PATIENCE_SECONDS,
        "read",
        List.of(
            "--prefix",
            "session",
            "--subjects",
            Integer.toString(plan.sessions()),
            "--each",
            Integer.toString(session.messages()),
            "--inflight",
            "256",
            "--payload",
            Integer.toString(bytes)));
  }

  List<Row> rows() {
    var rows = new ArrayList<Row>();
    if (!old.page.isEmpty()) {
      rows(rows, "old session on another node, ", old);
    }
    if (fresh.page.isEmpty()) {
      return rows;
    }
    rows(rows, "new session on another node, ", fresh);
    rows.add(Row.alone("its page of " + SessionPlan.PAGE, "bytes", new Samples(pageBytes)));
    rows.add(Row.alone("new session, on each NATS server's disk", "bytes", Samples.of(newBytes)));
    return rows;
  }

  private void rows(List<Row> rows, String what, Joined joined) {
    row(rows, what + "ATTACHED", joined.attached);
    row(rows, what + "first page", joined.page);
  }

  private void row(List<Row> rows, String what, List<Double> values) {
    var samples = new Samples(values);
    rows.add(new Row(what + " p50", "ms", Samples.of(samples.median()), RAW, read("readP50")));
    rows.add(
        new Row(what + " p99", "ms", Samples.of(samples.percentile(99)), RAW, read("readP99")));
  }

  /** Nothing when what came before it stopped. */
  private Samples read(String name) {
    return raw.values().isEmpty() ? Samples.none() : Samples.of(raw.get(name));
  }
}

package io.holdfast.bench;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * AI sessions of one Java process: answers streamed token by token, all at once, each in a session
 * of its own, from the moment a token is due at the agent until it is with a reader. Fails when a
 * token is lost, or when the agent's threads grow with its answers.
 */
final class SessionsFigure implements Figure {
  private static final int WARM_UP_SECONDS = 4;
  private static final int AHEAD_MILLIS = 3000;
  private static final int PATIENCE_SECONDS = 120;
  private static final double MEBI = 1024 * 1024;

  private final List<Outcome> agents = new ArrayList<>();
  private final List<Outcome> readers = new ArrayList<>();
  private final List<Memory> agentMemory = new ArrayList<>();
  private final List<Memory> serverMemory = new ArrayList<>();

  @Override
  public Report measure(Bench bench, Settings settings) throws IOException {
    TokenPlan plan = settings.conversation();
    for (int run = 0; run < settings.memoryRuns(); run++) {
      try (var server = bench.server(bench.freshDirectory("sessions"));
          var agent =
              bench.sessionsAgent(server, "--clients", Integer.toString(settings.clients()));
          var reader = bench.load("sessions", server)) {
        var talk = new Talk(agent, reader);
        // What the JVMs compile while they warm up is not what an answer costs.
        int warm = Math.min(plan.tokens(), WARM_UP_SECONDS * plan.perSecond());
        talk.have("warm-", new TokenPlan(plan.answers(), warm, plan.perSecond()));
        var _ = agent.command(PATIENCE_SECONDS, "close");
        talk.have("talk-", plan);
        agents.add(talk.said);
        readers.add(talk.heard);
        agentMemory.add(Memory.of(agent));
        serverMemory.add(Memory.of(server));
      }
    }
    return report(bench, settings, plan);
  }

  /** An agent and its readers. */
  private static final class Talk {
    private final Child agent;
    private final Child reader;
    private Outcome said = new Outcome();
    private Outcome heard = new Outcome();

    Talk(Child agent, Child reader) {
      this.agent = agent;
      this.reader = reader;
    }

    void have(String prefix, TokenPlan plan) {
      String open = "open " + prefix + " " + plan.words();
      var _ = agent.command(PATIENCE_SECONDS, open);
      var _ = reader.command(PATIENCE_SECONDS, open);
      var _ = agent.command(PATIENCE_SECONDS, "start");
      String stream = "stream " + (Clock.systemUTC().millis() + AHEAD_MILLIS);
      agent.tell(stream);
      reader.tell(stream);
      int patience = PATIENCE_SECONDS + plan.millis() * 3 / 1000;
      said = agent.outcome(patience);
      heard = reader.outcome(patience);
      check();
    }

    private void check() {
      if (heard.get("whole") != 1 || heard.get("lost") != 0) {
        throw new LoadFailure(
            String.format(
                Locale.ROOT,
                "%.0f tokens of the answers did not come, or their ends did not.",
                heard.get("lost")));
      }
      int most = ThreadCount.most(Runtime.getRuntime().availableProcessors());
      if (said.get("threads") > most) {
        throw new LoadFailure(
            "The agent had "
                + Math.round(said.get("threads"))
                + " threads, more than the "
                + most
                + " that no number of answers may bring about.");
      }
    }
  }

  private Report report(Bench bench, Settings settings, TokenPlan plan) {
    var rows = new ArrayList<Row>();
    rows.add(row("tokens due", "/s", Samples.of((double) plan.answers() * plan.perSecond())));
    rows.add(row("tokens sent", "/s", said("sentRate")));
    rows.add(row("tokens received", "/s", heard("heardRate")));
    rows.add(row("tokens lost", "", heard("lost")));
    rows.add(row("due to received, p50", "ms", heard("tokenP50")));
    rows.add(row("due to received, p99", "ms", heard("tokenP99")));
    rows.add(row("due to received, most", "ms", heard("tokenMax")));
    rows.add(row("due to taken by the SDK, p99", "ms", said("handedP99")));
    rows.add(row("CPU of the agent", "cores", said("sentDriverCores")));
    rows.add(row("CPU of the server", "cores", said("sentServerCores")));
    rows.add(row("CPU of the reader", "cores", heard("heardDriverCores")));
    rows.add(row("tokens a frame, at the reader", "", tokensPerFrame(plan)));
    rows.add(row("texts sent again", "", heard("mended")));
    rows.add(row("threads of the agent, most", "", said("threads")));
    memory(rows, "the agent", agentMemory);
    memory(rows, "the server", serverMemory);
    return new Report(
        "sessions",
        plan.answers() + " answers at once from one process, " + plan.perSecond() + " tokens/s",
        rows,
        notes(bench, settings, plan));
  }

  private static Row row(String what, String unit, Samples samples) {
    return Row.alone(what, unit, samples);
  }

  private static void memory(List<Row> rows, String whose, List<Memory> all) {
    rows.add(
        row(
            "resident memory of " + whose,
            "MiB",
            new Samples(all.stream().map(memory -> memory.resident() / MEBI).toList())));
    rows.add(
        row(
            "live heap of " + whose,
            "MiB",
            new Samples(all.stream().map(memory -> memory.heap() / MEBI).toList())));
  }

  private Samples said(String name) {
    return Samples.of(agents, run -> run.get(name));
  }

  private Samples heard(String name) {
    return Samples.of(readers, run -> run.get(name));
  }

  private Samples tokensPerFrame(TokenPlan plan) {
    return Samples.of(readers, run -> plan.allTokens() / Math.max(1, run.get("frames")));
  }

  private static List<String> notes(Bench bench, Settings settings, TokenPlan plan) {
    return List.of(
        "Each answer has "
            + plan.tokens()
            + " tokens and a session of its own; the agent has "
            + settings.clients()
            + " connection(s), the reader 16. A token is late from the moment it is due at the"
            + " agent, whenever it was sent; both read the wall clock of one machine.",
        "Every token is a number of its own and is checked in its place. Memory is after full"
            + " collections with all sessions still open, after the answers.",
        "The agent's JVM has its usual options and -Xmx1g; the server's: "
            + bench.serverFlags()
            + ".");
  }
}

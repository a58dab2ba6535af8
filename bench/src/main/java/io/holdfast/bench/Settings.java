package io.holdfast.bench;

import java.util.ArrayList;

/**
 * How long and how large: the full figures, the short ones of {@code quick}, or those of {@code
 * quick} alone, which are brief as well, since several have to be had within two minutes.
 */
record Settings(boolean quick, boolean brief, Arguments arguments) {
  static final int SUBSCRIBERS = 1000;

  static Settings of(Arguments arguments) {
    var words = new ArrayList<>(arguments.words());
    boolean quick = words.remove(Main.QUICK);
    var _ = words.remove(Main.KEEP);
    return new Settings(quick, quick && words.isEmpty(), arguments);
  }

  int runs() {
    return arguments.number("runs", brief ? 1 : quick ? 2 : 5);
  }

  /** The largest that is held is no ratio. */
  boolean looksForTheLargest() {
    return !brief;
  }

  /** Runs of what needs new processes each time. */
  int memoryRuns() {
    return Math.min(runs(), quick ? 1 : 3);
  }

  int millis() {
    return arguments.number("seconds", 0) > 0
        ? arguments.number("seconds", 0) * 1000
        : quick ? 1500 : 4000;
  }

  /** The first run of a server also warms its JVM. */
  int warmup(int run) {
    int usual = quick ? 700 : 2000;
    return run == 0 ? usual * 3 : usual;
  }

  int half() {
    return millis() * 3 / 4;
  }

  int connections() {
    return arguments.number("connections", 64);
  }

  int subscribers() {
    return arguments.number("subscribers", SUBSCRIBERS);
  }

  int window() {
    return arguments.number("window", 32);
  }

  int answers() {
    return arguments.number("answers", 100);
  }

  int tokens() {
    return arguments.number("tokens", quick ? 100 : 300);
  }

  int tokensPerSecond() {
    return arguments.number("rate", quick ? 100 : 50);
  }

  int idle() {
    return arguments.number("idle", quick ? 2000 : 10_000);
  }

  int messages() {
    return arguments.number("messages", quick ? 20_000 : 100_000);
  }

  /** Entries of one map, each channel's state when its size and its sync are measured. */
  int entries() {
    return arguments.number("entries", 10_000);
  }

  /** Channels that hold so many entries at once while memory is measured. */
  int maps() {
    return arguments.number("maps", quick ? 3 : 10);
  }

  /** Connections of an agent that answers in many sessions. */
  int clients() {
    return arguments.number("clients", 1);
  }

  /** What an agent says in its sessions, all at once. */
  TokenPlan conversation() {
    int rate = arguments.number("rate", 50);
    int seconds = arguments.number("seconds", quick ? 5 : 30);
    return new TokenPlan(
        arguments.number("answers", quick ? 100 : 1000),
        arguments.number("tokens", seconds * rate),
        rate);
  }

  /** Answers that stream at once to readers of their own. */
  int streams() {
    return arguments.number("answers", quick ? 50 : 2000);
  }

  int streamRate() {
    return arguments.number("rate", 50);
  }

  int streamSeconds() {
    return arguments.number("seconds", quick ? 3 : 10);
  }

  /** Of each answer. */
  int readers() {
    return arguments.number("readers", 2);
  }

  /** A session to be joined, with answers so many times as long as usual. */
  SessionPlan session(int factor) {
    return new SessionPlan(
        arguments.number("messages", quick ? 200 : 1000),
        arguments.number("tokens", quick ? 60 : 600) * factor);
  }

  /** How often a session is joined in one run. */
  int joins() {
    return arguments.number("joins", quick ? 40 : 300);
  }

  /** How often a server is started anew, and on how many sessions, for what is read from disk. */
  int restarts() {
    return arguments.number("restarts", quick ? 1 : 8);
  }

  int sessions() {
    return arguments.number("sessions", brief ? 1 : quick ? 2 : 3);
  }

  /** What a server has on disk that is started. */
  int mebibytes() {
    return arguments.number("mebibytes", quick ? 24 : 512);
  }

  /** Readers of one channel, one of whom may be slow, and what is streamed on it. */
  int slowReaders() {
    return arguments.number("readers", 100);
  }

  int slowAnswers() {
    return arguments.number("answers", 10);
  }

  int slowMillis() {
    return arguments.number("seconds", quick ? 4 : 20) * 1000;
  }

  /** Clients that are cut off at once, and what they listen to. */
  int stormClients() {
    return arguments.number("connections", quick ? 500 : 5000);
  }

  int stormChannels() {
    return arguments.number("channels", quick ? 20 : 100);
  }

  /** Messages a second on all channels. */
  int stormRate() {
    return arguments.number("rate", quick ? 100 : 500);
  }

  /** How often each benchmark in one thread has a JVM of its own. */
  int microRounds() {
    return arguments.number("rounds", quick ? 1 : 2);
  }

  int microIterations() {
    return quick ? 3 : 4;
  }

  int microMillis() {
    return quick ? 200 : 500;
  }

  /** Half of what is held at once, as far as one can say before it is measured. */
  int soakAnswers() {
    return arguments.number("answers", quick ? 20 : 200);
  }

  int soakSeconds() {
    return arguments.number("interval", quick ? 4 : 30);
  }

  int soakIntervals() {
    int seconds = arguments.number("minutes", 0) * 60;
    return Math.max(2, (seconds > 0 ? seconds : quick ? 8 : 120) / soakSeconds());
  }
}

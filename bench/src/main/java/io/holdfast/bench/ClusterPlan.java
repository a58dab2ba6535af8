package io.holdfast.bench;

import java.util.List;

/** How long and how large the figures of a cluster are. */
record ClusterPlan(Settings settings) {
  private static final List<Integer> IN_FLIGHT = List.of(64, 512);

  private Arguments arguments() {
    return settings.arguments();
  }

  private int number(String name, int quick, int full) {
    return arguments().number(name, settings.quick() ? quick : full);
  }

  /** Whether this part of the figure is wanted. */
  boolean wants(String part) {
    String parts = arguments().text("parts", "");
    return parts.isEmpty() || List.of(parts.split(",", -1)).contains(part);
  }

  int nodes() {
    return arguments().number("nodes", 3);
  }

  int runs() {
    return number("runs", 1, 5);
  }

  int millis() {
    return settings.millis();
  }

  int warmup() {
    return settings.quick() ? 1000 : 4000;
  }

  /** Publishes that are under way at once. */
  List<Integer> inFlight() {
    return IN_FLIGHT;
  }

  /** Channels that publishes are spread over. */
  int many() {
    return number("channels", 512, 2048);
  }

  /** Channels that all of them go to. */
  int few() {
    return 8;
  }

  /** Messages a second that cross from one node to another. */
  int rate() {
    return number("rate", 500, 1000);
  }

  /** Channels of the measurement of processor time, with few readers and with many. */
  List<Audience> audiences() {
    return settings.quick()
        ? List.of(new Audience(60, 3, 500), new Audience(4, 60, 100))
        : List.of(new Audience(200, 3, 1500), new Audience(4, 300, 150));
  }

  /**
   * Readers.
   *
   * @param channels how many
   * @param readers of each
   * @param rate messages a second, on all channels
   */
  record Audience(int channels, int readers, int rate) {}

  /** How many channels are opened, each time all anew. */
  List<Integer> openings() {
    int most = arguments().number("opened", settings.quick() ? 5000 : 100_000);
    return settings.quick() ? List.of(most) : List.of(2000, most);
  }

  /** Whether there is time until channels have left memory; half a minute and more. */
  boolean waitsForRest() {
    return !settings.quick();
  }

  /** As long may the memory of NATS servers take to come to rest. */
  int settleSeconds() {
    return settings.quick() ? 5 : 90;
  }

  /** With how many nodes publishes are measured. */
  boolean publishesWith(int nodes) {
    return nodes == nodes() || (nodes == 1 && !settings.quick());
  }

  /** A session to be joined on another node. */
  SessionPlan session() {
    return new SessionPlan(number("messages", 200, 1000), number("tokens", 10, 30));
  }

  /** How many of them; each is joined once on each of the other nodes. */
  int sessions() {
    return number("sessions", 8, 50);
  }
}

package io.holdfast.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import java.util.stream.LongStream;

/**
 * Many histories in parts: what is done is noted after each, so that a campaign that was broken off
 * goes on where it was.
 */
final class Campaign {
  private static final int PART = 2_000;

  private final Path notes;
  private final Plant plant;
  private final int nodes;
  private final long base;
  private final long wanted;
  private final Counts counts = new Counts();
  private long done;

  /**
   * A campaign; one that was noted for the same seeds goes on.
   *
   * @param plant what the world is to do without, if anything
   * @param nodes how many there are in each history
   * @param base the first seed; the others follow it
   */
  Campaign(Path notes, Plant plant, int nodes, long base, long wanted) {
    this.notes = notes;
    this.plant = plant;
    this.nodes = nodes;
    this.base = base;
    this.wanted = wanted;
    read();
  }

  Counts counts() {
    return counts;
  }

  /** How many histories have held, this time and before. */
  long done() {
    return done;
  }

  /** Runs what is left; the first broken invariant ends it. */
  void run() {
    while (done < wanted) {
      long from = base + done;
      long size = Math.min(PART, wanted - done);
      Simulator simulator = new Simulator(plant, nodes);
      LongStream.range(from, from + size).parallel().forEach(simulator::run);
      counts.addAll(simulator.counts());
      done += size;
      write();
    }
  }

  private void read() {
    if (!Files.exists(notes)) {
      return;
    }
    Properties noted = new Properties();
    try (var in = Files.newBufferedReader(notes)) {
      noted.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (noted.getProperty("base", "").equals(String.valueOf(base))
        && noted.getProperty("nodes", "1").equals(String.valueOf(nodes))) {
      done = Long.parseLong(noted.getProperty("done", "0"));
      for (Happening happening : Happening.values()) {
        counts.add(happening, Long.parseLong(noted.getProperty(happening.name(), "0")));
      }
    }
  }

  private void write() {
    Properties noted = new Properties();
    noted.setProperty("nodes", String.valueOf(nodes));
    noted.setProperty("base", String.valueOf(base));
    noted.setProperty("done", String.valueOf(done));
    for (Happening happening : Happening.values()) {
      noted.setProperty(happening.name(), String.valueOf(counts.of(happening)));
    }
    Path fresh = notes.resolveSibling(notes.getFileName() + ".new");
    try {
      Files.createDirectories(notes.toAbsolutePath().resolveSibling(""));
      try (var out = Files.newBufferedWriter(fresh)) {
        noted.store(out, null);
      }
      Files.move(fresh, notes, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

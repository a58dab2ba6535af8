package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The figures that stand in the repository, a file each, so that one can be measured anew without
 * the others: what charts show and what the short figures are compared with. Those of {@code quick}
 * are kept apart: of a shorter run with fewer clients even a ratio is another.
 */
final class Kept {
  private static final String ENDING = ".json";

  private final Path directory;

  private Kept(Path directory) {
    this.directory = directory;
  }

  static Kept in(Path results, boolean quick) {
    return new Kept(quick ? results.resolve("quick") : results);
  }

  void keep(Machine machine, Instant time, Report report) throws IOException {
    var _ = Files.createDirectories(directory);
    try (var writer = Files.newBufferedWriter(directory.resolve(report.name() + ENDING))) {
      ReportFile.write(writer, machine, time, List.of(report));
    }
  }

  Optional<Measured> of(String figure) throws IOException {
    Path file = directory.resolve(figure + ENDING);
    return Files.isRegularFile(file) ? Optional.of(read(file)) : Optional.empty();
  }

  /** In the order of their names. */
  List<Measured> all() throws IOException {
    var all = new ArrayList<Measured>();
    if (Files.isDirectory(directory)) {
      List<Path> files;
      try (var paths = Files.list(directory)) {
        files = paths.filter(path -> path.toString().endsWith(ENDING)).sorted().toList();
      }
      for (Path file : files) {
        all.add(read(file));
      }
    }
    return all;
  }

  private static Measured read(Path file) throws IOException {
    try (var reader = Files.newBufferedReader(file)) {
      return ReportReader.read(reader);
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }
}

package io.holdfast.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A process that makes up input for one target until its time is over or it has found something.
 */
final class Fuzzer {
  private static final Path FOLDER = Path.of("target", "fuzz");
  private static final int HANGS = 30;
  private static final int LONGEST = 4_096;
  private static final int LAST_WORDS = 60;
  private static final int MEMORY = 4_096;
  private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in ");
  private static final Pattern REACHED = Pattern.compile(" cov: (\\d+) ft: ");

  private final Path log;
  private final Path findings;
  private final Process process;

  /** What came of it, in words. */
  record Outcome(boolean clean, String words) {}

  private Fuzzer(Path log, Path findings, Process process) {
    this.log = log;
    this.findings = findings;
    this.process = process;
  }

  static Fuzzer start(Target target, int seconds) throws IOException {
    Path seeds = FOLDER.resolve(target.word() + "-seeds");
    // what it learns is kept, so that the next run goes on from there
    Path corpus = Files.createDirectories(FOLDER.resolve(target.word() + "-corpus"));
    Path findings = Files.createDirectories(FOLDER.resolve(target.word() + "-findings"));
    Path words = FOLDER.resolve("words.dict");
    Path log = FOLDER.resolve(target.word() + ".log");
    target.writeSeeds(seeds);
    Files.write(words, Seeds.words());
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+EnableDynamicAgentLoading",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + target.type().getName(),
            "--instrumentation_includes=io.holdfast.**:org.msgpack.**",
            "--custom_hook_includes=io.holdfast.**",
            "--instrumentation_excludes=io.holdfast.fuzz.**",
            "--reproducer_path=" + findings,
            "-artifact_prefix=" + findings + "/",
            "-dict=" + words,
            "-max_total_time=" + seconds,
            "-timeout=" + HANGS,
            "-max_len=" + LONGEST,
            "-rss_limit_mb=" + MEMORY,
            corpus.toString(),
            seeds.toString());
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    return new Fuzzer(log, findings, process);
  }

  Outcome await() throws IOException, InterruptedException {
    int exit = process.waitFor();
    List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
    String done = last(DONE, lines);
    if (exit == 0 && done != null) {
      return new Outcome(true, done + " inputs, " + last(REACHED, lines) + " edges reached");
    }
    List<String> end = lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size());
    return new Outcome(
        false, "exit " + exit + ", see " + findings + " and\n" + String.join("\n", end));
  }

  private static @Nullable String last(Pattern pattern, List<String> lines) {
    String found = null;
    for (String line : lines) {
      Matcher matcher = pattern.matcher(line);
      found = matcher.find() ? matcher.group(1) : found;
    }
    return found;
  }

  void stop() {
    process.destroy();
  }
}

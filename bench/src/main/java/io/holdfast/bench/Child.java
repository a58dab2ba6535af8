package io.holdfast.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A process the bench started: its lines of standard output, its commands, its end. */
final class Child implements AutoCloseable {
  private static final String END = "\0end";

  /** What a clean stop may take with clients connected, and a margin. */
  private static final int STOP_SECONDS = 15;

  private final String name;
  private final Path errors;
  private final Process process;
  private final Writer input;

  /** What is not waited for is of no interest: when full, the oldest line goes. */
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(1000);

  Child(String name, List<String> command, Path errors) throws IOException {
    this.name = name;
    this.errors = errors;
    process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
            .start();
    input = process.outputWriter(StandardCharsets.UTF_8);
    // Not a virtual one: a pipe that says nothing holds the processor it is read on.
    Thread.ofPlatform().daemon().name(name + " output").start(this::readLines);
  }

  private void readLines() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        keep(line);
      }
    } catch (IOException e) {
      keep(name + " could not be read: " + e);
    }
    keep(END);
  }

  private void keep(String line) {
    while (!lines.offer(line)) {
      var _ = lines.poll();
    }
  }

  Proc proc() {
    return new Proc(process.pid());
  }

  /** The next line that satisfies the condition. */
  String await(int seconds, Predicate<String> condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    try {
      for (String line = poll(end); line != null; line = poll(end)) {
        if (line.equals(END)) {
          throw new LoadFailure(name + " ended early." + lastErrors());
        }
        if (condition.test(line)) {
          return line;
        }
      }
    } catch (InterruptedException e) {
      throw new LoadFailure("Interrupted.", e);
    }
    throw new LoadFailure(name + " said nothing within " + seconds + " s." + lastErrors());
  }

  private @Nullable String poll(long endNanos) throws InterruptedException {
    return lines.poll(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  Outcome outcome(int seconds) {
    return Outcome.parse(await(seconds, line -> line.startsWith(Outcome.MARK)));
  }

  Outcome command(int seconds, String command) {
    tell(command);
    return outcome(seconds);
  }

  /** A command whose outcome is asked for later. */
  void tell(String command) {
    try {
      input.write(command + "\n");
      input.flush();
    } catch (IOException e) {
      throw new LoadFailure(name + " takes no commands any more." + lastErrors(), e);
    }
  }

  private String lastErrors() {
    String last = lastLines(errors, 15);
    return last.isEmpty() ? "" : " Its last words:\n" + last.indent(2).stripTrailing();
  }

  /** Of a file that may not be there. */
  static String lastLines(Path file, int count) {
    try {
      List<String> all = Files.readAllLines(file);
      return String.join("\n", all.subList(Math.max(0, all.size() - count), all.size()));
    } catch (IOException e) {
      return "";
    }
  }

  boolean alive() {
    return process.isAlive();
  }

  /** SIGKILL: what it had not made durable is lost. */
  void kill() {
    var _ = process.destroyForcibly();
    close();
  }

  /** SIGTERM, and SIGKILL when that does not help in time. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        System.err.println(name + " did not stop within " + STOP_SECONDS + " s: killed.");
        var _ = process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      var _ = process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

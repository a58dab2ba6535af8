package io.holdfast.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the kernel and the JVM tell about another process. */
record Proc(long pid) {
  private static final double TICKS_PER_SECOND = 100;

  static Proc self() {
    return new Proc(ProcessHandle.current().pid());
  }

  double cpuSeconds() {
    return cpuSeconds(read("stat"));
  }

  static double cpuSeconds(String stat) {
    // The second field is the program's name and may hold blanks; it ends at the last bracket.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  long residentBytes() {
    return residentBytes(read("status"));
  }

  static long residentBytes(String status) {
    return number(status, "VmRSS") * 1024;
  }

  /** What the kernel was told to write to disks, whatever it was called for. */
  long writtenBytes() {
    return number(read("io"), "write_bytes");
  }

  int threads() {
    return threads(read("status"));
  }

  /** All of the process, the JVM's own among them; virtual threads are none. */
  static int threads(String status) {
    return (int) number(status, "Threads");
  }

  /** Files, sockets and whatever else the process holds a handle of. */
  int openFiles() {
    try (var handles = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      return (int) handles.count();
    } catch (IOException e) {
      throw new LoadFailure("The open files of process " + pid + " cannot be seen: " + e, e);
    }
  }

  private static long number(String status, String name) {
    return status
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow(() -> new LoadFailure("No " + name + " in what /proc says."));
  }

  List<String> command() {
    return List.of(read("cmdline").split("\0", -1));
  }

  /** Runs a full collection and returns the bytes of the objects that survived. */
  long liveHeapBytes() {
    // Twice: the first frees what only finalisers and cleaners were holding.
    var _ = jcmd("GC.run");
    return liveHeapBytes(jcmd("GC.class_histogram"));
  }

  static long liveHeapBytes(String histogram) {
    return histogram
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith("Total "))
        .mapToLong(line -> Long.parseLong(line.split("\\s+", -1)[2]))
        .findFirst()
        .orElseThrow(() -> new LoadFailure("jcmd GC.class_histogram printed no total."));
  }

  private String jcmd(String command) {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    if (!Files.isExecutable(jcmd)) {
      throw new LoadFailure("Memory figures need jcmd: run the bench with a JDK, not a JRE.");
    }
    try {
      Process process =
          new ProcessBuilder(jcmd.toString(), Long.toString(pid), command)
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new LoadFailure("jcmd " + command + " failed: " + output.strip());
      }
      return output;
    } catch (IOException | InterruptedException e) {
      throw new LoadFailure("jcmd " + command + " failed: " + e, e);
    }
  }

  private String read(String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), file));
    } catch (IOException e) {
      throw new LoadFailure("Process " + pid + " is gone: " + e, e);
    }
  }
}

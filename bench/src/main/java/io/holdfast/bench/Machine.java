package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where a figure was measured; without it the figure means nothing. */
record Machine(Map<String, String> facts) {
  Machine {
    facts = new LinkedHashMap<>(facts);
  }

  static Machine here(Path work) throws IOException {
    var facts = new LinkedHashMap<String, String>();
    facts.put("cpu", field("/proc/cpuinfo", "model name", System.getProperty("os.arch")));
    facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("memory", field("/proc/meminfo", "MemTotal", "unknown"));
    facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("jvm", System.getProperty("java.vm.name") + " " + Runtime.version());
    facts.put("filesystem", Files.getFileStore(work).type());
    facts.put("open files", Long.toString(openFilesLimit()));
    return new Machine(facts);
  }

  /** The hard limit: a JVM raises its own soft limit to it when it starts. */
  static long openFilesLimit() throws IOException {
    return openFilesLimit(Files.readString(Path.of("/proc/self/limits")));
  }

  static long openFilesLimit(String limits) {
    return limits
        .lines()
        .filter(line -> line.startsWith("Max open files"))
        .map(line -> line.split("\\s+", -1)[4])
        .mapToLong(hard -> hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard))
        .findFirst()
        .orElse(0);
  }

  private static String field(String file, String name, String otherwise) throws IOException {
    try (var lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(otherwise);
    }
  }

  String text() {
    var text = new StringBuilder();
    facts.forEach((name, value) -> text.append(String.format("  %-11s %s%n", name, value)));
    return text.toString();
  }
}

package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/** What a JVM writes with {@code -Xlog:gc}: how long its collector stopped everybody. */
record GcLog(Path file) {
  private static final Pattern PAUSE = Pattern.compile("\\bPause (.*) ([0-9.]+)ms$");

  /** Of collections that the bench itself asked for, to count what lives. */
  private static final Pattern ASKED_FOR = Pattern.compile("Diagnostic Command|Heap Inspection");

  /** The option that makes a JVM write it. */
  String option() {
    return "-Xlog:gc:file=" + file + ":uptime:filecount=0";
  }

  String text() throws IOException {
    return Files.readString(file);
  }

  /** The pauses, in nanoseconds. */
  static Histogram pauses(String text) {
    var pauses = new Histogram(600_000_000_000L, 3);
    text.lines()
        .map(PAUSE::matcher)
        .filter(Matcher::find)
        .filter(pause -> !ASKED_FOR.matcher(pause.group(1)).find())
        .forEach(pause -> pauses.recordValue(nanos(pause.group(2))));
    return pauses;
  }

  private static long nanos(String millis) {
    return Math.round(Double.parseDouble(millis) * 1e6);
  }
}

package io.holdfast.bench;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Each ratio beside the one that was kept. Ratios, since another machine has other figures; and for
 * people to read, since a short run on a busy machine proves nothing.
 */
final class Comparison {
  /** Short runs on a machine that does other things as well differ by as much without a reason. */
  private static final double NOISE = 1.5;

  private static final List<String> HEADINGS = List.of("ratio", "now", "kept", "by", "");

  private Comparison() {}

  static String render(Report now, Measured kept) {
    var lines = new ArrayList<List<String>>();
    lines.add(HEADINGS);
    for (Row row : now.rows()) {
      if (row.compares()) {
        lines.add(cells(row, kept));
      }
    }
    return "\n  beside what was kept on %s, %s cores, %s:\n\n%s"
        .formatted(
            kept.time().atOffset(ZoneOffset.UTC).toLocalDate(),
            kept.machine().facts().getOrDefault("cores", "?"),
            kept.machine().facts().getOrDefault("cpu", "?"),
            Table.aligned(lines));
  }

  private static List<String> cells(Row row, Measured kept) {
    String what = row.what() + ", by " + row.baselineName();
    String now = number(row.ratio());
    return kept.reports().stream()
        .flatMap(report -> report.rows().stream())
        .filter(Row::compares)
        .filter(
            old -> old.what().equals(row.what()) && old.baselineName().equals(row.baselineName()))
        .findFirst()
        .map(old -> cells(what, now, row.ratio(), old.ratio()))
        .orElse(List.of(what, now, "", "", "new"));
  }

  private static List<String> cells(String what, String now, double ratio, double old) {
    if (old == 0) {
      return List.of(what, now, number(old), "", "");
    }
    double by = ratio / old;
    String mark = by > NOISE || by < 1 / NOISE ? "differs" : "";
    return List.of(what, now, number(old), number(by), mark);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}

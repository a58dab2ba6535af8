package io.holdfast.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The report for people: aligned columns, median first, the range of the runs behind it. */
final class Table {
  private static final List<String> HEADINGS =
      List.of("figure", "Holdfast", "baseline", "ratio", "baseline is");

  private Table() {}

  static String render(Report report) {
    var lines = new ArrayList<List<String>>();
    lines.add(HEADINGS);
    report.rows().forEach(row -> lines.add(cells(row)));
    var text = new StringBuilder("\n" + report.name() + ": " + report.title() + "\n\n");
    text.append(aligned(lines));
    report.notes().forEach(note -> text.append("  * ").append(note).append('\n'));
    return text.toString();
  }

  /** Lines of as many cells each; the first and the last are words. */
  static String aligned(List<List<String>> lines) {
    int[] widths = new int[lines.getFirst().size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    var text = new StringBuilder();
    lines.forEach(line -> text.append(padded(line, widths)).append('\n'));
    return text.toString();
  }

  private static List<String> cells(Row row) {
    return List.of(
        row.what() + (row.unit().isEmpty() ? "" : ", " + row.unit()),
        range(row.product()),
        range(row.baseline()),
        row.compares() ? String.format(Locale.ROOT, "%.2f", row.ratio()) : "",
        row.baselineName());
  }

  private static String range(Samples samples) {
    if (samples.isEmpty()) {
      return "";
    }
    String median = number(samples.median());
    return samples.values().size() == 1
        ? median
        : median + " (" + number(samples.min()) + " - " + number(samples.max()) + ")";
  }

  static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 1000 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }

  private static String padded(List<String> cells, int[] widths) {
    var line = new StringBuilder("  ");
    for (int i = 0; i < cells.size(); i++) {
      boolean words = i == 0 || i == cells.size() - 1;
      String gap = " ".repeat(widths[i] - cells.get(i).length());
      line.append(words ? cells.get(i) + gap : gap + cells.get(i)).append("  ");
    }
    return line.toString().stripTrailing();
  }
}

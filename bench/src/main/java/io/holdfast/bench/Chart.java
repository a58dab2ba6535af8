package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A report as a picture: each figure that has a baseline as a bar beside it, to a scale of their
 * own, since it is the ratio that counts; and what was looked at again and again as a line.
 */
final class Chart {
  private static final int WIDTH = 960;
  private static final int MARGIN = 24;
  private static final int BARS = 420;
  private static final int BARS_LENGTH = 320;
  private static final int BAR_HEIGHT = 12;
  private static final int BAR_STEP = 17;
  private static final int CURVE_HEIGHT = 34;
  private static final int GAP = 12;

  /** More would not be read. */
  private static final int MOST = 12;

  /** So many samples are a course of time and not runs of one thing. */
  private static final int A_COURSE = 12;

  private final Svg svg = new Svg(WIDTH);
  private int y = 40;

  private Chart() {}

  /** Draws what was kept; returns the files, in order. */
  static List<Path> draw(List<Measured> kept, Path directory) throws IOException {
    var _ = Files.createDirectories(directory);
    var drawn = new ArrayList<Path>();
    for (Measured measured : kept) {
      for (Report report : measured.reports()) {
        if (report.rows().stream().noneMatch(row -> row.compares() || isCourse(row))) {
          continue; // an empty picture says less than none
        }
        Path file = directory.resolve(report.name() + ".svg");
        drawn.add(Files.writeString(file, of(measured, report)));
      }
    }
    return drawn;
  }

  static String of(Measured measured, Report report) {
    var chart = new Chart();
    chart.head(report);
    chart.groups(report).forEach(chart::group);
    report.rows().stream().filter(Chart::isCourse).limit(MOST).forEach(chart::course);
    return chart.foot(measured, report);
  }

  private static boolean isCourse(Row row) {
    return row.product().values().size() >= A_COURSE && !row.compares();
  }

  private void head(Report report) {
    svg.text(MARGIN, y, "title", report.name() + ": " + report.title());
    y += 24;
    svg.bar(MARGIN, y - 10, BAR_HEIGHT, BAR_HEIGHT, "ours");
    svg.text(MARGIN + 18, y, "small", "Holdfast");
    svg.bar(MARGIN + 90, y - 10, BAR_HEIGHT, BAR_HEIGHT, "theirs");
    svg.text(
        MARGIN + 108,
        y,
        "small",
        "baseline in the same run; medians, with the least and the most of the runs");
    y += 20;
  }

  /** The rows with baselines, those of one figure together. */
  private Map<String, List<Row>> groups(Report report) {
    return report.rows().stream()
        .filter(Row::compares)
        .filter(row -> !row.unit().equals("cores"))
        .collect(Collectors.groupingBy(Chart::figure, LinkedHashMap::new, Collectors.toList()))
        .entrySet()
        .stream()
        .limit(MOST)
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (a, _) -> a, LinkedHashMap::new));
  }

  private static String figure(Row row) {
    return row.unit().isEmpty() ? row.what() : row.what() + ", " + row.unit();
  }

  private void group(String figure, List<Row> rows) {
    Samples ours = rows.getFirst().product();
    double most = rows.stream().mapToDouble(row -> row.baseline().median()).max().orElse(0);
    double scale = BARS_LENGTH / Math.max(Math.max(most, ours.median()), Double.MIN_NORMAL);
    svg.text(MARGIN, y + BAR_HEIGHT - 1, "", figure);
    bar(ours, scale, "ours", Table.number(ours.median()));
    for (Row row : rows) {
      svg.text(MARGIN + 12, y + BAR_HEIGHT - 1, "small", row.baselineName());
      bar(
          row.baseline(),
          scale,
          "theirs",
          Table.number(row.baseline().median()) + ", ratio " + Table.number(row.ratio()));
    }
    y += GAP;
  }

  private void bar(Samples samples, double scale, String style, String label) {
    svg.bar(BARS, y, Math.max(1, samples.median() * scale), BAR_HEIGHT, style);
    double middle = y + BAR_HEIGHT / 2.0;
    double end = samples.median() * scale;
    if (samples.values().size() > 1) {
      // What goes beyond the longest bar is cut off rather than make all bars short.
      double to = Math.min(BARS_LENGTH + 10.0, samples.max() * scale);
      svg.line(BARS + Math.min(to, samples.min() * scale), middle, BARS + to, middle, "spread");
      end = Math.max(end, to);
    }
    svg.text(BARS + Math.max(end, 0) + 8, y + BAR_HEIGHT - 1, "small", label);
    y += BAR_STEP;
  }

  /**
   * From nothing to the most, so that what creeps upwards is seen and what only trembles is not.
   */
  private void course(Row row) {
    List<Double> values = row.product().values();
    double most = Math.max(row.product().max(), Double.MIN_NORMAL);
    String points =
        IntStream.range(0, values.size())
            .mapToObj(
                i ->
                    Svg.at(BARS + (double) BARS_LENGTH * i / (values.size() - 1))
                        + ","
                        + Svg.at(y + CURVE_HEIGHT * (1 - values.get(i) / most)))
            .collect(Collectors.joining(" "));
    svg.text(MARGIN, y + CURVE_HEIGHT / 2.0 + 4, "", figure(row));
    svg.line(BARS, y + CURVE_HEIGHT, BARS + BARS_LENGTH, y + CURVE_HEIGHT, "spread");
    svg.through(points, "line");
    svg.text(
        BARS + BARS_LENGTH + 8,
        y + CURVE_HEIGHT / 2.0 + 4,
        "small",
        Table.number(row.product().min()) + " to " + Table.number(row.product().max()));
    y += CURVE_HEIGHT + GAP;
  }

  private String foot(Measured measured, Report report) {
    Map<String, String> facts = measured.machine().facts();
    svg.text(
        MARGIN,
        y + 12,
        "small",
        "%s, %s cores, %s, %s"
            .formatted(
                measured.time().atOffset(ZoneOffset.UTC).toLocalDate(),
                facts.getOrDefault("cores", "?"),
                facts.getOrDefault("cpu", "?"),
                facts.getOrDefault("jvm", "?")));
    return svg.render(y + 30, report.name() + ": " + report.title());
  }
}

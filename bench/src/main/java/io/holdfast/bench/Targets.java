package io.holdfast.bench;

import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What was kept beside what is wanted, as a table in Markdown. */
final class Targets {
  private Targets() {}

  static String table(List<Measured> kept) {
    return "| | target | measured | | repeat: `./holdfast bench` |\n| --- | --- | --- | --- | --- |\n"
        + Target.ALL.stream().map(target -> line(target, kept)).collect(Collectors.joining())
        + "\n"
        + machines(kept);
  }

  private static String line(Target target, List<Measured> kept) {
    Optional<Row> row = target.find(kept);
    String measured = row.map(found -> measured(target, found)).orElse("not yet");
    String met = row.map(found -> target.met(found) ? "met" : "**not met**").orElse("");
    return "| %d | %s | %s | %s | `%s` |\n"
        .formatted(target.number(), target.wanted(), measured, met, target.repeat());
  }

  private static String measured(Target target, Row row) {
    String unit = row.unit().isEmpty() ? "" : " " + row.unit();
    String product = Table.number(row.product().median()) + unit;
    return switch (target.judged()) {
      case RATIO ->
          "%s: %s beside %s"
              .formatted(Table.number(row.ratio()), product, Table.number(row.baseline().median()));
      case MEDIAN -> product;
      case MOST -> Table.number(row.product().max()) + unit;
    };
  }

  /** Where and when, a line for all that was measured on one machine. */
  private static String machines(List<Measured> kept) {
    Map<String, String> reports =
        kept.stream()
            .filter(Targets::isWanted)
            .collect(
                Collectors.groupingBy(
                    Targets::machine,
                    LinkedHashMap::new,
                    Collectors.mapping(
                        measured -> measured.reports().getFirst().name(),
                        Collectors.joining(", "))));
    return reports.entrySet().stream()
        .map(entry -> "- " + entry.getValue() + ": " + entry.getKey() + ".\n")
        .collect(Collectors.joining());
  }

  private static boolean isWanted(Measured measured) {
    return measured.reports().stream()
        .anyMatch(
            report ->
                Target.ALL.stream().anyMatch(target -> target.report().equals(report.name())));
  }

  private static String machine(Measured measured) {
    Map<String, String> facts = measured.machine().facts();
    return "%s, %s cores of %s, %s, %s, %s"
        .formatted(
            measured.time().atOffset(ZoneOffset.UTC).toLocalDate(),
            facts.getOrDefault("cores", "?"),
            facts.getOrDefault("cpu", "?"),
            facts.getOrDefault("filesystem", "?"),
            facts.getOrDefault("kernel", "?"),
            facts.getOrDefault("jvm", "?"));
  }
}

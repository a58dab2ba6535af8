package io.holdfast.bench;

import java.util.List;

/** A figure some parts of which stopped; what the others found is not lost with them. */
final class Incomplete extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Report report;

  Incomplete(Report report, List<String> stopped) {
    super(String.join("\n", stopped));
    this.report = report;
  }

  Report report() {
    return report;
  }
}

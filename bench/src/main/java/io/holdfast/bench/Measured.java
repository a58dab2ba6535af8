package io.holdfast.bench;

import java.time.Instant;
import java.util.List;

/** What was found in one go, on one machine. */
record Measured(Instant time, Machine machine, List<Report> reports) {
  Measured {
    reports = List.copyOf(reports);
  }
}

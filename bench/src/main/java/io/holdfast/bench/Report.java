package io.holdfast.bench;

import java.util.List;

/** What one figure found. Notes say what the numbers alone would hide. */
record Report(String name, String title, List<Row> rows, List<String> notes) {
  private static final double DRIVER_BUSY = 0.9;

  Report {
    rows = List.copyOf(rows);
    notes = List.copyOf(notes);
  }

  /** A driver near one core is at its end: it has one event loop. */
  static String driver(Samples cores) {
    return "The driver used up to "
        + Table.number(cores.max())
        + (cores.max() > DRIVER_BUSY
            ? " cores: some runs may show its limit, not the server's."
            : " cores: it was not the limit.");
  }
}

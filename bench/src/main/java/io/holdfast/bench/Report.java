package io.holdfast.bench;

import java.util.List;

/** What one figure found. Notes say what the numbers alone would hide. */
record Report(String name, String title, List<Row> rows, List<String> notes) {
  Report {
    rows = List.copyOf(rows);
    notes = List.copyOf(notes);
  }
}

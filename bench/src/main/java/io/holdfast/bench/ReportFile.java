package io.holdfast.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.List;

/** The report for programs: every sample, so that charts and comparisons need no second run. */
final class ReportFile {
  private ReportFile() {}

  static void write(Writer to, Machine machine, Instant time, List<Report> reports)
      throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(to)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      json.writeStartObject();
      json.writeStringField("time", time.toString());
      json.writeObjectFieldStart("machine");
      for (var fact : machine.facts().entrySet()) {
        json.writeStringField(fact.getKey(), fact.getValue());
      }
      json.writeEndObject();
      json.writeArrayFieldStart("reports");
      for (Report report : reports) {
        report(json, report);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  private static void report(JsonGenerator json, Report report) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", report.name());
    json.writeStringField("title", report.title());
    json.writeArrayFieldStart("rows");
    for (Row row : report.rows()) {
      json.writeStartObject();
      json.writeStringField("what", row.what());
      json.writeStringField("unit", row.unit());
      samples(json, "holdfast", row.product());
      if (!row.baseline().isEmpty()) {
        json.writeStringField("baselineName", row.baselineName());
        samples(json, "baseline", row.baseline());
      }
      if (row.compares()) {
        json.writeNumberField("ratio", row.ratio());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("notes");
    for (String note : report.notes()) {
      json.writeString(note);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void samples(JsonGenerator json, String name, Samples samples) throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("median", samples.median());
    json.writeArrayFieldStart("runs");
    for (double value : samples.values()) {
      json.writeNumber(value);
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}

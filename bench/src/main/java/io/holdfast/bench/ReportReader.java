package io.holdfast.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.Reader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads what {@link ReportFile} writes. What it does not know it passes over. */
final class ReportReader {
  private interface Element<T> {
    T read() throws IOException;
  }

  private final JsonParser json;

  private ReportReader(JsonParser json) {
    this.json = json;
  }

  static Measured read(Reader from) throws IOException {
    try (JsonParser json = new JsonFactory().createParser(from)) {
      return new ReportReader(json).measured();
    }
  }

  private Measured measured() throws IOException {
    Instant time = Instant.EPOCH;
    Map<String, String> machine = Map.of();
    List<Report> reports = List.of();
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new IOException("These are not figures of the bench.");
    }
    for (String field = field(); !field.isEmpty(); field = field()) {
      switch (field) {
        case "time" -> time = Instant.parse(json.getText());
        case "machine" -> machine = facts();
        case "reports" -> reports = list(this::report);
        default -> json.skipChildren();
      }
    }
    return new Measured(time, new Machine(machine), reports);
  }

  private Report report() throws IOException {
    String name = "";
    String title = "";
    List<Row> rows = List.of();
    List<String> notes = List.of();
    for (String field = field(); !field.isEmpty(); field = field()) {
      switch (field) {
        case "name" -> name = json.getText();
        case "title" -> title = json.getText();
        case "rows" -> rows = list(this::row);
        case "notes" -> notes = list(json::getText);
        default -> json.skipChildren();
      }
    }
    return new Report(name, title, rows, notes);
  }

  private Row row() throws IOException {
    String what = "";
    String unit = "";
    String baselineName = "";
    Samples product = Samples.none();
    Samples baseline = Samples.none();
    for (String field = field(); !field.isEmpty(); field = field()) {
      switch (field) {
        case "what" -> what = json.getText();
        case "unit" -> unit = json.getText();
        case "baselineName" -> baselineName = json.getText();
        case "holdfast" -> product = samples();
        case "baseline" -> baseline = samples();
        default -> json.skipChildren();
      }
    }
    return new Row(what, unit, product, baselineName, baseline);
  }

  private Samples samples() throws IOException {
    List<Double> runs = List.of();
    for (String field = field(); !field.isEmpty(); field = field()) {
      if (field.equals("runs")) {
        runs = list(json::getDoubleValue);
      } else {
        json.skipChildren();
      }
    }
    return new Samples(runs);
  }

  private Map<String, String> facts() throws IOException {
    var facts = new LinkedHashMap<String, String>();
    for (String field = field(); !field.isEmpty(); field = field()) {
      facts.put(field, json.getText());
    }
    return facts;
  }

  /** The name of an object's next field, with the parser on its value; empty at the end. */
  private String field() throws IOException {
    JsonToken token = json.nextToken();
    if (token == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      if (json.nextToken() != null) {
        return name;
      }
      token = null;
    }
    if (token == null) {
      throw new IOException("The figures end in the middle.");
    }
    return "";
  }

  private <T> List<T> list(Element<T> element) throws IOException {
    var list = new ArrayList<T>();
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      if (token == null) {
        throw new IOException("The figures end in the middle.");
      }
      list.add(element.read());
    }
    return list;
  }
}

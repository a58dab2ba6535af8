package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ChartTest {
  private static final Row HALF =
      new Row("acked", "/s", new Samples(List.of(40.0, 50.0, 60.0)), "raw", Samples.of(100));
  private static final Row FIFTH = new Row("acked", "/s", HALF.product(), "rawer", Samples.of(250));
  private static final Row COURSE =
      Row.alone(
          "resident, every interval",
          "MiB",
          new Samples(IntStream.range(0, 20).mapToObj(i -> 100.0 + i).toList()));

  private static Document drawn(Row... rows) throws Exception {
    var report = new Report("publish", "a < b & \"c\"", List.of(rows), List.of());
    var measured = new Measured(Instant.EPOCH, new Machine(Map.of("cores", "2")), List.of(report));
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(
            new ByteArrayInputStream(Chart.of(measured, report).getBytes(StandardCharsets.UTF_8)));
  }

  /** The lengths of the bars of a kind, without that of the legend. */
  private static List<Double> bars(Document picture, String style) {
    NodeList shapes = picture.getElementsByTagName("rect");
    return IntStream.range(0, shapes.getLength())
        .mapToObj(i -> (Element) shapes.item(i))
        .filter(shape -> shape.getAttribute("class").equals(style))
        .skip(1)
        .map(shape -> Double.valueOf(shape.getAttribute("width")))
        .toList();
  }

  @Test
  void aBarIsAsLongBesideItsBaselineAsItsRatioSays() throws Exception {
    Document picture = drawn(HALF);
    assertEquals(0.5, bars(picture, "ours").getFirst() / bars(picture, "theirs").getFirst(), 0.01);
  }

  @Test
  void baselinesOfOneFigureStandTogether() throws Exception {
    Document picture = drawn(HALF, FIFTH);
    assertEquals(1, bars(picture, "ours").size());
    assertEquals(2, bars(picture, "theirs").size());
    assertEquals(0.2, bars(picture, "ours").getFirst() / bars(picture, "theirs").getLast(), 0.01);
  }

  @Test
  void whatWasLookedAtOverAndOverIsALine() throws Exception {
    var line = (Element) drawn(COURSE).getElementsByTagName("polyline").item(0);
    assertEquals(20, line.getAttribute("points").split(" ", -1).length);
  }

  @Test
  void whatHasNoBaselineAndNoCourseIsLeftToTheTable() throws Exception {
    Document picture = drawn(Row.alone("lost", "", Samples.of(0)));
    assertTrue(bars(picture, "ours").isEmpty());
  }

  @Test
  void aPictureSaysWhatItShowsAndWhere() throws Exception {
    Document picture = drawn(HALF);
    assertEquals(
        "publish: a < b & \"c\"", picture.getElementsByTagName("title").item(0).getTextContent());
    assertTrue(picture.getDocumentElement().getTextContent().contains("1970-01-01, 2 cores"));
  }

  @Test
  void eachFigureThatIsKeptIsAFile(@TempDir Path directory) throws Exception {
    var kept = Kept.in(directory.resolve("results"), false);
    var machine = new Machine(Map.of("cores", "2"));
    for (String name : List.of("storm", "publish")) {
      kept.keep(machine, Instant.EPOCH, new Report(name, "", List.of(HALF), List.of()));
    }
    List<Path> files = Chart.draw(kept.all(), directory.resolve("charts"));
    assertEquals(
        List.of("publish.svg", "storm.svg"),
        files.stream().map(file -> String.valueOf(file.getFileName())).toList());
    assertTrue(Files.readString(files.getFirst()).contains("prefers-color-scheme: dark"));
  }
}

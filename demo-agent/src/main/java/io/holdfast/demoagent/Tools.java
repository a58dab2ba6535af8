package io.holdfast.demoagent;

import io.holdfast.client.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The demo's tools: one that runs at once, one that a person has to approve. Both only pretend. */
final class Tools {
  static final String WEATHER = "weather";
  static final String DEPLOY = "deploy";
  private static final int WEATHER_MS = 1_200;
  private static final int DEPLOY_MS = 1_500;

  /**
   * A tool as a model is told of it.
   *
   * @param fields the names of its input's fields, all of them texts
   */
  record Description(String name, String text, List<String> fields) {}

  static final List<Description> ALL =
      List.of(
          new Description(
              WEATHER, "The weather in a city (invented for the demo)", List.of("city")),
          new Description(
              DEPLOY,
              "Puts a version of a service into production (pretended for the demo)",
              List.of("service", "version")));

  /** Lets time pass. */
  interface Pause {
    /** Waits so long. */
    void forMillis(long millis) throws InterruptedException;
  }

  private final Repertoire repertoire;
  private final Pause pause;

  Tools(Repertoire repertoire, Pause pause) {
    this.repertoire = repertoire;
    this.pause = pause;
  }

  /** Whether somebody has to be asked before it runs. */
  static boolean needsApproval(String tool) {
    return tool.equals(DEPLOY);
  }

  /** The input of a deployment, with its fields in order. */
  static Map<String, Object> deployment(String service, String version) {
    Map<String, Object> input = new LinkedHashMap<>();
    input.put("service", service);
    input.put("version", version);
    return input;
  }

  /** Runs a tool; blocks as long as a real one might. */
  Turn.Outcome run(Turn.Call call) throws InterruptedException {
    return switch (call.tool()) {
      case WEATHER -> {
        pause.forMillis(WEATHER_MS);
        yield new Turn.Outcome.Given(forecast(field(call.input(), "city")));
      }
      case DEPLOY -> {
        pause.forMillis(DEPLOY_MS);
        Map<String, Object> done =
            deployment(field(call.input(), "service"), field(call.input(), "version"));
        done.put("state", "live");
        done.put("instances", 3);
        done.put("pretended", true);
        yield new Turn.Outcome.Given(done);
      }
      default -> new Turn.Outcome.Failed("there is no tool " + call.tool());
    };
  }

  private static String field(@Nullable Object input, String name) {
    return input instanceof Map<?, ?> fields && fields.get(name) instanceof String text ? text : "";
  }

  private Map<String, Object> forecast(String city) {
    long n = Rehearsal.numberOf(city.toLowerCase(Locale.ROOT));
    Map<String, Object> weather = new LinkedHashMap<>();
    weather.put("city", city);
    weather.put("sky", repertoire.oneOf("skies", n));
    weather.put("temperatureC", (int) (n % 27) + 2);
    weather.put("wind", repertoire.oneOf("winds", n >> 5) + " " + (n >> 8) % 40 + " km/h");
    weather.put("source", "rehearsed, not measured");
    return weather;
  }

  /** What a model is told of an outcome. */
  static String told(Turn.Outcome outcome) {
    return switch (outcome) {
      case Turn.Outcome.Given given -> Json.write(given.value());
      case Turn.Outcome.Denied denied -> "A person did not allow it.";
      case Turn.Outcome.Failed failed -> failed.why();
    };
  }
}

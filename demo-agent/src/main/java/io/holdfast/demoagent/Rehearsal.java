package io.holdfast.demoagent;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the rehearsed model does with a question; the same for the same prompt. */
final class Rehearsal {
  private static final int QUOTED = 120;
  private static final int UNICODE = Pattern.UNICODE_CHARACTER_CLASS;
  private static final Pattern TOKEN = Pattern.compile("\\n+|[ \\t]*\\S{1,6}|[ \\t]+", UNICODE);
  private static final Pattern BLANK = Pattern.compile("\\s+", UNICODE);
  private static final Pattern WEATHER = anyCase("\\b(weather|forecast|tool)\\b");
  private static final Pattern DEPLOY = anyCase("\\b(deploy|release|approv)");
  private static final Pattern FAILURE = anyCase("\\b(fail|break down)\\b");
  private static final Pattern SHORT = anyCase("\\b(short|brief|briefly)\\b");
  private static final Pattern VERSION = Pattern.compile("\\bv?(\\d+(?:\\.\\d+)+)\\b");
  private static final Pattern SERVICE =
      anyCase(
          "\\bdeploy(?:ing)?\\s+(?:the\\s+)?(?!again|please|that|this|something)"
              + "([a-z][a-z0-9-]{2,30})");
  private static final Pattern CITY =
      Pattern.compile(
          "\\bin\\s+(\\p{Lu}[\\p{L}' -]{1,40}?)(?=[?.!,]|\\s+(?:today|tomorrow|now)\\b|$)");

  private final Repertoire repertoire;

  Rehearsal(Repertoire repertoire) {
    this.repertoire = repertoire;
  }

  private static Pattern anyCase(String pattern) {
    return Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
  }

  /** Pieces of a few characters, about as long as a model's; together they are the text. */
  static List<String> tokens(String text) {
    return TOKEN.matcher(text).results().map(found -> found.group()).toList();
  }

  /** A small number that is always the same for the same text. */
  static long numberOf(String text) {
    int hash = (int) 2_166_136_261L;
    for (int point : text.codePoints().toArray()) {
      hash = (hash ^ point) * 16_777_619;
    }
    return Integer.toUnsignedLong(hash);
  }

  private static String quote(String text) {
    String line = BLANK.matcher(text).replaceAll(" ").strip();
    return line.length() > QUOTED ? line.substring(0, QUOTED).stripTrailing() + " …" : line;
  }

  /** What it does. */
  List<Act> acts(Prompt prompt) {
    if (prompt.turns().getLast() instanceof Turn.Result result) {
      return List.of(new Act.Says(afterTool(result)));
    }
    String question = prompt.question();
    int attempt = prompt.attempt();
    String remark = prompt.remark();
    if (remark != null && !remark.isEmpty()) {
      return List.of(new Act.Says(steered(prompt, remark)));
    }
    if (DEPLOY.matcher(question).find()) {
      return deploy(question, attempt);
    }
    if (WEATHER.matcher(question).find()) {
      Matcher named = CITY.matcher(question);
      Map<String, Object> input = Map.of("city", named.find() ? named.group(1) : "Lisbon");
      return List.of(
          new Act.Thinks(repertoire.text("weatherThought", input)),
          new Act.Says(repertoire.text("weatherSaid", Map.of())),
          new Act.Calls(Tools.WEATHER, input));
    }
    Act thinking = new Act.Thinks(repertoire.thoughts(quote(question), attempt));
    List<String> all = paragraphs(prompt);
    if (FAILURE.matcher(question).find()) {
      return List.of(
          thinking,
          new Act.Says(String.join("\n\n", all.subList(0, 2))),
          new Act.Fails(repertoire.text("failure", Map.of())));
    }
    if (SHORT.matcher(question).find()) {
      String again = attempt > 0 ? repertoire.text("shortAgain", Map.of("times", attempt + 1)) : "";
      return List.of(
          new Act.Says(repertoire.text("short", Map.of("question", quote(question))) + again));
    }
    return List.of(thinking, new Act.Says(String.join("\n\n", all)));
  }

  private List<Act> deploy(String question, int attempt) {
    Matcher version = VERSION.matcher(question);
    Matcher service = SERVICE.matcher(question);
    Map<String, Object> input =
        Tools.deployment(
            service.find() ? service.group(1) : "checkout",
            version.find() ? version.group(1) : "1." + (attempt + 4) + ".0");
    return List.of(
        new Act.Thinks(repertoire.text("deployThought", input)),
        new Act.Says(repertoire.text("deploySaid", Map.of())),
        new Act.Calls(Tools.DEPLOY, input));
  }

  private String afterTool(Turn.Result result) {
    return switch (result.outcome()) {
      case Turn.Outcome.Given given ->
          repertoire.text(
              result.call().tool().equals(Tools.WEATHER) ? "forecast" : "deployed", given.value());
      case Turn.Outcome.Denied denied -> repertoire.text("denied", Map.of());
      case Turn.Outcome.Failed failed -> repertoire.text("denied", Map.of());
    };
  }

  /** Takes up what was added, then goes on where it was. */
  private String steered(Prompt prompt, String remark) {
    String before =
        prompt.turns().stream()
            .map(turn -> turn instanceof Turn.Answered answered ? answered.text() : "")
            .collect(Collectors.joining("\n\n"));
    List<String> all = new ArrayList<>();
    all.add(repertoire.text("remark", Map.of("remark", quote(remark))));
    paragraphs(prompt).stream().filter(paragraph -> !before.contains(paragraph)).forEach(all::add);
    return String.join("\n\n", all);
  }

  /** Paragraphs of a long answer. */
  private List<String> paragraphs(Prompt prompt) {
    String question = prompt.question();
    Wishes wishes = prompt.wishes();
    int words = wishes.words(question);
    long seed = numberOf(question.toLowerCase(Locale.ROOT)) + prompt.attempt();
    List<String> all = new ArrayList<>();
    all.add(repertoire.opening(wishes.tone(), quote(question), prompt.attempt()));
    int count = length(all.getFirst());
    for (int chapter = 0; count < words; chapter++) {
      for (String paragraph : repertoire.chapter(seed, chapter, wishes.stories())) {
        if (count >= words) {
          break;
        }
        all.add(paragraph);
        count += length(paragraph);
      }
    }
    String closing = repertoire.closing(wishes.tone());
    if (!closing.isEmpty()) {
      all.add(closing);
    }
    return all;
  }

  private static int length(String text) {
    return BLANK.split(text, -1).length;
  }
}

package io.holdfast.demoagent;

import io.holdfast.client.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The prose of the rehearsed model, out of a file that the agent in JavaScript reads as well, so
 * that both say the same. Texts have gaps with names in braces.
 */
final class Repertoire {
  private static final String FILE = "repertoire.json";
  private static final Pattern GAP = Pattern.compile("\\{(\\w+)}");

  private final Map<?, ?> texts;

  private Repertoire(Map<?, ?> texts) {
    this.texts = texts;
  }

  /** Reads the file, which is part of the program. */
  static Repertoire load() {
    try (InputStream in = Repertoire.class.getResourceAsStream(FILE)) {
      if (in == null
          || !(Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8))
              instanceof Map<?, ?> texts)) {
        throw new IllegalStateException(FILE + " is missing from the program or no JSON object");
      }
      return new Repertoire(texts);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " cannot be read", e);
    }
  }

  /** The text of this name, with its gaps filled. */
  String text(String name, Map<String, ?> values) {
    return filled(String.valueOf(texts.get(name)), values);
  }

  /** The text that stands at this place of the list, counted round and round. */
  String oneOf(String list, long index) {
    return oneOf(list(texts.get(list)), index);
  }

  String thoughts(String question, int attempt) {
    return filled(oneOf("thoughts", attempt), Map.of("question", question));
  }

  String opening(Wishes.Tone tone, String question, int attempt) {
    List<?> openings = list(map(texts.get("openings")).get(Wishes.id(tone)));
    return filled(oneOf(openings, attempt), Map.of("question", question));
  }

  /** What an answer ends with in this tone; empty for nothing. */
  String closing(Wishes.Tone tone) {
    return map(texts.get("closings")).get(Wishes.id(tone)) instanceof String text ? text : "";
  }

  /**
   * The paragraphs of one chapter. Neighbouring seeds and chapters give different stories, of those
   * that are chosen, or of all.
   */
  List<String> chapter(long seed, int chapter, List<Wishes.Story> chosen) {
    List<String> ids = chosen.stream().map(Wishes::id).toList();
    List<?> all = list(texts.get("stories"));
    List<? extends Map<?, ?>> stories =
        all.stream()
            .map(Repertoire::map)
            .filter(story -> ids.isEmpty() || ids.contains(story.get("id")))
            .toList();
    long turn = seed + chapter;
    Map<String, String> values =
        Map.of(
            "name", oneOf("names", turn + turn / all.size()),
            "place", oneOf("places", turn * 3 + chapter));
    Map<?, ?> story = stories.get((int) (turn % stories.size()));
    return list(story.get("paragraphs")).stream()
        .map(paragraph -> filled(String.valueOf(paragraph), values))
        .toList();
  }

  private static String oneOf(List<?> all, long index) {
    return String.valueOf(all.get((int) (index % all.size())));
  }

  private static List<?> list(@Nullable Object tree) {
    return tree instanceof List<?> list ? list : List.of();
  }

  private static Map<?, ?> map(@Nullable Object tree) {
    return tree instanceof Map<?, ?> map ? map : Map.of();
  }

  private static String filled(String text, Map<String, ?> values) {
    return GAP.matcher(text)
        .replaceAll(
            gap -> {
              Object value = values.get(gap.group(1));
              return Matcher.quoteReplacement(value == null ? gap.group() : value.toString());
            });
  }
}

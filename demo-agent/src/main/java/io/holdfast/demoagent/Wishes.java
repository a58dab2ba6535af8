package io.holdfast.demoagent;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How people wish to be answered. Whoever may write on a board may write anything, so what cannot
 * be read counts as not said.
 *
 * @param stories what to tell of; none leaves the choice to the agent
 */
record Wishes(Length length, Tone tone, List<Story> stories) {
  /** What counts when nobody has chosen anything. */
  static final Wishes USUAL = new Wishes(Length.USUAL, Tone.PLAIN, List.of());

  private static final int LEAST_WORDS = 20;
  private static final int MOST_WORDS = 8_000;
  private static final Pattern NAMED =
      Pattern.compile("(\\d{2,5})\\s*words", Pattern.CASE_INSENSITIVE);

  /** How long answers are. */
  enum Length {
    BRIEF(120),
    USUAL(620),
    LONG(1_400);

    private final int words;

    Length(int words) {
      this.words = words;
    }
  }

  /** How it sounds. */
  enum Tone {
    PLAIN("Write plainly."),
    WARM("Write warmly, as to a friend."),
    DRY("Write dryly: facts in order, no ornament.");

    private final String instruction;

    Tone(String instruction) {
      this.instruction = instruction;
    }
  }

  /** What it tells of. */
  enum Story {
    LIGHTHOUSE("Lighthouse"),
    POST("Mountain post"),
    EXCHANGE("Night exchange");

    private final String label;

    Story(String label) {
      this.label = label;
    }
  }

  Wishes {
    stories = List.copyOf(stories);
  }

  /** A constant as it stands on the board. */
  static String id(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** Reads what stands on the board. */
  static Wishes read(Map<?, ?> board) {
    List<Story> stories = new ArrayList<>();
    for (Story story : Story.values()) {
      if (Boolean.TRUE.equals(chosen(board, "story:" + id(story)))) {
        stories.add(story);
      }
    }
    return new Wishes(
        one(Length.values(), chosen(board, "wish:length"), Length.USUAL),
        one(Tone.values(), chosen(board, "wish:tone"), Tone.PLAIN),
        stories);
  }

  private static @Nullable Object chosen(Map<?, ?> board, String key) {
    return board.get(key) instanceof Map<?, ?> wish ? wish.get("is") : null;
  }

  private static <E extends Enum<E>> E one(E[] all, @Nullable Object id, E otherwise) {
    for (E each : all) {
      if (id(each).equals(id)) {
        return each;
      }
    }
    return otherwise;
  }

  /** How many words an answer is to have: those the question names, else those of the wish. */
  int words(String question) {
    Matcher named = NAMED.matcher(question);
    int words = named.find() ? Integer.parseInt(named.group(1)) : length.words;
    return Math.clamp(words, LEAST_WORDS, MOST_WORDS);
  }

  /** For a model that can read. */
  String instruction() {
    List<String> parts = new ArrayList<>();
    parts.add("The people here have chosen how you answer.");
    parts.add(tone.instruction);
    if (length != Length.USUAL) {
      parts.add("Use about " + words("") + " words.");
    }
    if (!stories.isEmpty()) {
      String about =
          stories.stream()
              .map(story -> story.label.toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
      parts.add("Where an example helps, take it from: " + about + ".");
    }
    return String.join(" ", parts);
  }

  /** In a few words for people; empty when all is as usual. */
  String shown() {
    Stream<String> chosen =
        Stream.of(
                length == Length.USUAL ? Stream.<String>of() : Stream.of(id(length)),
                tone == Tone.PLAIN ? Stream.<String>of() : Stream.of(id(tone)),
                stories.stream().map(story -> story.label))
            .flatMap(each -> each);
    return chosen.collect(Collectors.joining(", "));
  }
}

package io.holdfast.demoagent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RehearsalTest {
  private final Rehearsal rehearsal = new Rehearsal(Repertoire.load());

  private static Prompt prompt(String question, int attempt, Wishes wishes) {
    return new Prompt("", List.of(new Turn.Asked(question)), question, null, attempt, wishes);
  }

  private List<Act> acts(String question) {
    return rehearsal.acts(prompt(question, 0, Wishes.USUAL));
  }

  private String said(Prompt prompt) {
    return assertInstanceOf(Act.Says.class, rehearsal.acts(prompt).getLast()).text();
  }

  @ParameterizedTest
  @EnumSource
  void aLongAnswerHasTheWordsThatAreWishedFor(Wishes.Length length) {
    Wishes wishes = new Wishes(length, Wishes.Tone.PLAIN, List.of());
    int words = said(prompt("Why?", 0, wishes)).split("\\s+", -1).length;
    assertTrue(words >= wishes.words("") && words < wishes.words("") + 150, words + " words");
  }

  @Test
  void tokensAddUpToTheText() {
    String said = said(prompt("Tell me about “ü” 😀, in 3000 words", 2, Wishes.USUAL));
    assertEquals(said, String.join("", Rehearsal.tokens(said)));
  }

  @Test
  void anotherAttemptIsAnotherAnswerAndTheSameOneTheSame() {
    String first = said(prompt("Why?", 0, Wishes.USUAL));
    assertEquals(first, said(prompt("Why?", 0, Wishes.USUAL)));
    assertNotEquals(first, said(prompt("Why?", 1, Wishes.USUAL)));
  }

  @Test
  void aChosenStoryIsTold() {
    for (Wishes.Story story : Wishes.Story.values()) {
      Wishes wishes = new Wishes(Wishes.Length.BRIEF, Wishes.Tone.DRY, List.of(story));
      String heading =
          switch (story) {
            case LIGHTHOUSE -> "## The keeper’s book";
            case POST -> "## Over the pass";
            case EXCHANGE -> "## The night exchange";
          };
      assertTrue(said(prompt("Why?", 0, wishes)).contains(heading), story.name());
    }
  }

  @Test
  void noGapOfATextIsLeftOpen() {
    for (int attempt = 0; attempt < 9; attempt++) {
      String said = said(prompt("In 4000 words", attempt, Wishes.USUAL));
      assertFalse(said.matches("(?s).*\\{\\w+}.*"), said);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Please deploy billing 2.4, billing, 2.4",
    "deploy the search-api v1.2.3 now, search-api, 1.2.3",
    "Deploy that again, checkout, 1.4.0"
  })
  void whatIsToBeDeployedIsReadFromTheQuestion(String question, String service, String version) {
    Act.Calls call = assertInstanceOf(Act.Calls.class, acts(question).getLast());
    assertEquals(Map.of("service", service, "version", version), call.input());
  }

  @ParameterizedTest
  @CsvSource({
    "What is the weather in São Paulo today?, São Paulo",
    "the weather in Oslo, Oslo",
    "any weather?, Lisbon"
  })
  void theCityIsReadFromTheQuestion(String question, String city) {
    Act.Calls call = assertInstanceOf(Act.Calls.class, acts(question).getLast());
    assertEquals(Map.of("city", city), call.input());
  }

  @Test
  void aRemarkIsTakenUpAndNothingSaidTwice() {
    Prompt whole = prompt("Tell me", 0, Wishes.USUAL);
    String[] paragraphs = said(whole).split("\n\n", -1);
    Prompt remarked =
        new Prompt(
            "",
            List.of(
                new Turn.Asked("Tell me"),
                new Turn.Answered(paragraphs[0] + "\n\n" + paragraphs[1], List.of()),
                new Turn.Asked("Mention $1 whales")),
            "Tell me",
            "Mention $1 whales",
            0,
            Wishes.USUAL);
    String said = said(remarked);
    assertTrue(said.startsWith("**“Mention $1 whales”**"), said);
    assertFalse(said.contains(paragraphs[1]));
    assertTrue(said.contains(paragraphs[2]));
  }

  @Test
  void whatAToolGaveIsTold() throws Exception {
    Tools tools = new Tools(Repertoire.load(), millis -> {});
    Turn.Call call = new Turn.Call("c1", Tools.WEATHER, Map.of("city", "Bergen"));
    Prompt asked = prompt("The weather in Bergen", 0, Wishes.USUAL);
    String said = said(asked.followedBy(List.of(new Turn.Result(call, tools.run(call)))));
    assertTrue(said.matches("(?s)In \\*\\*Bergen\\*\\* it is \\d+ °C, with .+ km/h.*"), said);
  }
}

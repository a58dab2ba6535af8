package io.holdfast.demoagent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WishesTest {
  private static Map<String, Object> wish(Object is) {
    return Map.of("is", is, "by", "ada");
  }

  @Test
  void whatStandsOnTheBoardIsRead() {
    Wishes wishes =
        Wishes.read(
            Map.of(
                "wish:length", wish("brief"),
                "wish:tone", wish("warm"),
                "story:post", wish(true),
                "story:exchange", wish(false)));
    assertEquals(
        new Wishes(Wishes.Length.BRIEF, Wishes.Tone.WARM, List.of(Wishes.Story.POST)), wishes);
    assertEquals("brief, warm, Mountain post", wishes.shown());
    assertEquals(
        "The people here have chosen how you answer. Write warmly, as to a friend."
            + " Use about 120 words."
            + " Where an example helps, take it from: mountain post.",
        wishes.instruction());
  }

  @Test
  void whatCannotBeReadCountsAsNotSaid() {
    Wishes wishes =
        Wishes.read(
            Map.of("wish:length", "brief", "wish:tone", wish(7), "story:post", wish("true")));
    assertEquals(Wishes.USUAL, wishes);
    assertEquals("", wishes.shown());
  }

  @Test
  void wordsThatTheQuestionNamesCountMore() {
    assertEquals(900, Wishes.USUAL.words("in 900 words"));
    assertEquals(620, Wishes.USUAL.words("in some words"));
    assertEquals(8_000, Wishes.USUAL.words("in 99999 words"));
    assertEquals(20, Wishes.USUAL.words("in 10 Words"));
  }
}

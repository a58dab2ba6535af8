package io.holdfast.demoagent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.sessions.UiChunk;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an answer is made of on its way from the model to the run. */
@Timeout(20)
class AnswerPartsTest {
  private static List<UiChunk> all(Iterator<UiChunk> chunks) {
    List<UiChunk> all = new ArrayList<>();
    chunks.forEachRemaining(all::add);
    return all;
  }

  private static UiChunk says(String text) {
    return new UiChunk.TextDelta("t", text);
  }

  @Test
  void anAnswerThatIsWishedToEndDoesSoAfterItsParagraph() {
    List<UiChunk> chunks =
        List.of(new UiChunk.TextStart("t"), says("One.\n"), says("\nTwo"), says(" and more"));
    ParagraphCut cut = new ParagraphCut(chunks.iterator(), () -> true);
    assertEquals(
        List.of(
            new UiChunk.TextStart("t"),
            says("One.\n"),
            new UiChunk.TextEnd("t"),
            new UiChunk.FinishStep(),
            new UiChunk.Finish("stop", null)),
        all(cut));
    assertTrue(cut.cut());
  }

  @Test
  void whatPrecedesTheEmptyLineIsStillSaid() {
    ParagraphCut cut =
        new ParagraphCut(List.of(says("One"), says(".\n\nTwo")).iterator(), () -> true);
    assertEquals(List.of(says("One"), says(".")), all(cut).subList(0, 2));
  }

  @Test
  void anAnswerThatNobodyWishesToEndGoesThroughAsItIs() {
    List<UiChunk> chunks = List.of(says("One.\n\n"), says("Two"));
    ParagraphCut cut = new ParagraphCut(chunks.iterator(), () -> false);
    assertEquals(chunks, all(cut));
    assertFalse(cut.cut());
  }

  @Test
  void chunksAreHandedOverInOrderAndFailuresAfterThem() {
    try (Handoff whole =
        Handoff.of(
            out -> {
              out.take(says("1"));
              out.take(says("2"));
            },
            Thread.ofVirtual().factory())) {
      assertEquals(List.of(says("1"), says("2")), all(whole));
    }
    try (Handoff broken =
        Handoff.of(
            out -> {
              out.take(says("1"));
              throw new IllegalStateException("gone");
            },
            Thread.ofVirtual().factory())) {
      assertEquals(says("1"), broken.next());
      assertEquals("gone", assertThrows(IllegalStateException.class, broken::hasNext).getMessage());
    }
  }

  @Test
  void whoMakesChunksIsStoppedWhenNobodyTakesThem() throws Exception {
    CountDownLatch stopped = new CountDownLatch(1);
    try (Handoff left =
        Handoff.of(
            out -> {
              try {
                out.take(says("1"));
                out.take(says("2"));
              } finally {
                stopped.countDown();
              }
            },
            Thread.ofVirtual().factory())) {
      assertEquals(says("1"), left.next());
    }
    assertTrue(stopped.await(10, TimeUnit.SECONDS));
  }

  /** What a performance puts out with a model that says and calls what it is told to. */
  private static List<UiChunk> performed(List<Turn.Call> allowed, List<Model.Said> answers)
      throws Exception {
    Iterator<Model.Said> next = answers.iterator();
    List<UiChunk> chunks = new ArrayList<>();
    Model model =
        (prompt, out) -> {
          if (!next.hasNext()) {
            throw new Model.Broken("no more");
          }
          Model.Said said = next.next();
          out.take(says(said.text()));
          return said;
        };
    Prompt prompt = new Prompt("", List.of(new Turn.Asked("Q")), "Q", null, 0, Wishes.USUAL);
    new Performance(model, new Tools(Repertoire.load(), millis -> {}), () -> "a1")
        .run(prompt, allowed, chunks::add);
    return chunks;
  }

  @Test
  void aToolRunsAndTheModelIsAskedAgain() throws Exception {
    Turn.Call call = new Turn.Call("c1", Tools.WEATHER, Map.of("city", "Oslo"));
    List<UiChunk> chunks =
        performed(
            List.of(),
            List.of(new Model.Said("looking", List.of(call)), new Model.Said("cold", List.of())));
    assertEquals(
        List.of(
            "Start",
            "StartStep",
            "TextDelta",
            "ToolOutputAvailable",
            "FinishStep",
            "StartStep",
            "TextDelta",
            "FinishStep",
            "Finish"),
        chunks.stream().map(chunk -> chunk.getClass().getSimpleName()).toList());
    assertEquals(new UiChunk.Finish("stop", null), chunks.getLast());
  }

  @Test
  void aToolThatNeedsAPersonIsAskedForAndNotRun() throws Exception {
    Turn.Call call = new Turn.Call("c1", Tools.DEPLOY, Tools.deployment("billing", "2.4"));
    List<UiChunk> chunks = performed(List.of(), List.of(new Model.Said("may I?", List.of(call))));
    assertTrue(chunks.contains(new UiChunk.ToolApprovalRequest("c1", "a1")));
    assertEquals(new UiChunk.Finish("tool-calls", null), chunks.getLast());
  }

  @Test
  void whatWasAllowedRunsBeforeTheModelIsAsked() throws Exception {
    Turn.Call call = new Turn.Call("c1", Tools.DEPLOY, Tools.deployment("billing", "2.4"));
    List<UiChunk> chunks = performed(List.of(call), List.of(new Model.Said("done", List.of())));
    Map<String, Object> given = Tools.deployment("billing", "2.4");
    given.put("state", "live");
    given.put("instances", 3);
    given.put("pretended", true);
    assertEquals(new UiChunk.ToolOutputAvailable("c1", given), chunks.get(1));
  }

  @Test
  void aModelThatFailsIsSaidToHave() throws Exception {
    List<UiChunk> chunks = performed(List.of(), List.of());
    assertTrue(chunks.contains(new UiChunk.Failure("no more")));
    assertEquals(new UiChunk.Finish("error", null), chunks.getLast());
  }
}

package io.holdfast.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What nodes tell and ask one another. */
class TellingTest {
  private final World world = new World();
  private final List<String> heard = new ArrayList<>();
  private final Nodes a = node("a");
  private final Nodes b = node("b");
  private final Nodes c = node("c");

  private Nodes node(String boot) {
    Nodes nodes = world.start(boot);
    nodes.hear("t", (from, news) -> heard.add(from + " to " + boot + ": " + text(news)));
    return nodes;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte @Nullable [] bytes) {
    return bytes == null ? "(none)" : new String(bytes, StandardCharsets.UTF_8);
  }

  private static Map<String, String> texts(CompletableFuture<Map<String, byte[]>> answers) {
    Map<String, String> texts = new TreeMap<>();
    answers.join().forEach((boot, answer) -> texts.put(boot, text(answer)));
    return texts;
  }

  private static void answering(Nodes nodes, Nodes.Questioned questioned) {
    nodes.answer("q", questioned);
  }

  private static Nodes.Questioned with(String answer) {
    return (from, q) -> CompletableFuture.completedFuture(bytes(answer + from + text(q)));
  }

  @Test
  void whatIsToldToAllReachesTheOthers() {
    a.tellAll("t", bytes("x"));
    a.tellAll("other", bytes("y"));
    world.pass(0);
    assertEquals(List.of("a to b: x", "a to c: x"), heard.stream().sorted().toList());
  }

  @Test
  void whatIsToldToOneReachesThatOne() {
    a.tell("c", "t", bytes("x"));
    a.tell("gone", "t", bytes("y"));
    world.pass(0);
    assertEquals(List.of("a to c: x"), heard);
  }

  @Test
  void whatOneTellsAnotherKeepsItsOrder() {
    for (int i = 0; i < 10; i++) {
      a.tellAll("t", bytes(i + " all"));
      a.tell("b", "t", bytes(i + " one"));
    }
    c.close();
    world.pass(0);
    List<String> wanted = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      wanted.add("a to b: " + i + " all");
      wanted.add("a to b: " + i + " one");
    }
    assertEquals(wanted, heard);
  }

  @Test
  void whoTellsOrAsksItselfIsHeardAtOnce() {
    answering(a, with("me "));
    a.tell("a", "t", bytes("x"));
    assertEquals(List.of("a to a: x"), heard);
    assertEquals("me a?", text(a.ask("a", "q", bytes("?")).join()));
    assertEquals("(none)", text(a.ask("a", "another", bytes("?")).join()));
  }

  @Test
  void allOthersAreAsked() {
    answering(a, with("a "));
    answering(b, with("b "));
    answering(c, with("c "));
    var answers = a.askAll("q", bytes("?"));
    world.pass(0);
    assertEquals(Map.of("b", "b a?", "c", "c a?"), texts(answers));
  }

  @Test
  void whoHasNoAnswerIsNotWaitedFor() {
    answering(b, with("b "));
    answering(c, (from, q) -> CompletableFuture.failedFuture(new IllegalStateException("meant")));
    var answers = a.askAll("q", bytes("?"));
    world.pass(0);
    assertEquals(Map.of("b", "b a?"), texts(answers));
  }

  @Test
  void whoIsKilledIsNotWaitedForAndWhoIsSilentForASecond() {
    answering(b, (from, q) -> new CompletableFuture<>());
    answering(c, with("c "));
    world.kill(c);
    assertTrue(a.alive("c"));
    var killed = a.ask("c", "q", bytes("?"));
    world.pass(0);
    assertEquals("(none)", text(killed.join()));
    var answers = a.askAll("q", bytes("?"));
    world.pass(999);
    assertFalse(answers.isDone());
    world.pass(1);
    assertEquals(Map.of(), texts(answers));
  }

  @Test
  void twoCannotAnswerTheSame() {
    answering(a, with("1"));
    assertThrows(IllegalStateException.class, () -> answering(a, with("2")));
  }

  @Test
  void afterItsGoodbyeANodeHearsAndAnswersNothing() {
    answering(b, with("b "));
    b.close();
    a.tellAll("t", bytes("x"));
    var answer = a.ask("b", "q", bytes("?"));
    world.pass(0);
    assertEquals(List.of("a to c: x"), heard);
    assertEquals("(none)", text(answer.join()));
  }

  @Test
  void theLargestNewsGoAndLargerOnesAreRefused() {
    List<Integer> sizes = new ArrayList<>();
    b.hear("large", (from, news) -> sizes.add(news.length));
    a.tellAll("large", new byte[a.largest()]);
    world.pass(0);
    assertEquals(List.of(a.largest()), sizes);
    assertThrows(
        IllegalArgumentException.class, () -> a.tellAll("large", new byte[a.largest() + 100]));
  }
}

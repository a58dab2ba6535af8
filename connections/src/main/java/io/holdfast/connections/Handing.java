package io.holdfast.connections;

import io.holdfast.fold.Owner;
import io.holdfast.nodes.Nodes;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * What nodes tell one another of connections: that a client has come back on another node, which
 * ends its transport here and takes over its members, and that one is closed for good. Any thread.
 */
final class Handing {
  private static final String TAKE = "connection.take";
  private static final String CLOSED = "connection.closed";
  private static final String SEPARATOR = "\n";
  private static final String UNKNOWN = "unknown";
  private static final String NEWER = "newer";
  private static final String GIVEN = "given";

  private final Nodes nodes;

  /** What another node says to a claim. */
  sealed interface Answer {
    /** The connection is not known there. */
    record Unknown() implements Answer {}

    /** One that came there just now is newer. */
    record Newer() implements Answer {}

    /** It is let go. */
    record Given(Set<String> channels) implements Answer {}
  }

  Handing(Nodes nodes) {
    this.nodes = nodes;
  }

  /**
   * Begins to listen.
   *
   * @param give lets go of a connection that somebody claims
   * @param closed hears of those that nobody may go on with
   */
  void listen(BiFunction<String, Claim, CompletableFuture<Answer>> give, Consumer<String> closed) {
    nodes.answer(
        TAKE,
        (from, question) -> {
          List<String> asked = List.of(text(question).split(SEPARATOR, -1));
          Owner owner = new Owner(from, Long.parseLong(asked.get(2)));
          Owner shown = new Owner(asked.get(3), Long.parseLong(asked.get(4)));
          Claim claim = new Claim(Long.parseLong(asked.get(1)), owner, shown);
          return give.apply(asked.getFirst(), claim).thenApply(Handing::written);
        });
    nodes.hear(CLOSED, (from, connectionId) -> closed.accept(text(connectionId)));
  }

  private static byte[] written(Answer answer) {
    return switch (answer) {
      case Answer.Unknown() -> bytes(UNKNOWN);
      case Answer.Newer() -> bytes(NEWER);
      case Answer.Given(Set<String> channels) ->
          bytes(GIVEN + SEPARATOR + String.join(SEPARATOR, channels));
    };
  }

  /** Whether there is anybody to ask. */
  boolean alone() {
    return nodes.others().isEmpty();
  }

  /** Takes a connection from whichever node has it. */
  CompletableFuture<Answer> take(String connectionId, Claim claim) {
    String question =
        String.join(
            SEPARATOR,
            connectionId,
            Long.toString(claim.madeAt()),
            Long.toString(claim.owner().transport()),
            claim.shown().boot(),
            Long.toString(claim.shown().transport()));
    return nodes.askAll(TAKE, bytes(question)).thenApply(answers -> all(answers.values()));
  }

  private static Answer all(Collection<byte[]> answers) {
    Entered present = new Entered();
    boolean given = false;
    for (byte[] answer : answers) {
      List<String> lines = List.of(text(answer).split(SEPARATOR, -1));
      if (lines.getFirst().equals(NEWER)) {
        return new Answer.Newer();
      }
      if (lines.getFirst().equals(GIVEN)) {
        given = true;
        lines.stream().skip(1).filter(name -> !name.isEmpty()).forEach(present::guess);
      }
    }
    return given ? new Answer.Given(present.channels()) : new Answer.Unknown();
  }

  /** Tells the others that nobody may go on with a connection. */
  void closed(String connectionId) {
    if (!alone()) {
      nodes.tellAll(CLOSED, bytes(connectionId));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}

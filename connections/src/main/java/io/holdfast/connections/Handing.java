package io.holdfast.connections;

import io.holdfast.nodes.Nodes;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What nodes tell one another of connections: that a client has come back on another node, which
 * ends its transport here and takes over its members, and that one is closed for good. Any thread.
 */
final class Handing {
  private static final String TAKE = "connection.take";
  private static final String CLOSED = "connection.closed";
  private static final String SEPARATOR = "\n";

  private final Nodes nodes;

  Handing(Nodes nodes) {
    this.nodes = nodes;
  }

  /**
   * Begins to listen.
   *
   * @param give lets go of a connection; where it may have members, null for one not known here
   * @param closed hears of those that nobody may go on with
   */
  void listen(
      Function<String, CompletableFuture<@Nullable Entered>> give, Consumer<String> closed) {
    nodes.answer(
        TAKE, (from, connectionId) -> give.apply(text(connectionId)).thenApply(Handing::answer));
    nodes.hear(CLOSED, (from, connectionId) -> closed.accept(text(connectionId)));
  }

  private static byte[] answer(@Nullable Entered present) {
    // an empty line for one that is known: an empty answer is of who does not know it
    return present == null
        ? new byte[0]
        : bytes(SEPARATOR + String.join(SEPARATOR, present.channels()));
  }

  /** Whether there is anybody to ask. */
  boolean alone() {
    return nodes.others().isEmpty();
  }

  /**
   * Takes a connection from whichever node has it.
   *
   * @return where it may have members; null if no other node knows it
   */
  CompletableFuture<@Nullable Entered> take(String connectionId) {
    return nodes.askAll(TAKE, bytes(connectionId)).thenApply(answers -> union(answers.values()));
  }

  private static @Nullable Entered union(Collection<byte[]> answers) {
    Set<String> channels = new HashSet<>();
    boolean known = false;
    for (byte[] answer : answers) {
      known |= answer.length > 0;
      channels.addAll(List.of(text(answer).split(SEPARATOR, -1)));
    }
    if (!known) {
      return null;
    }
    Entered present = new Entered();
    channels.stream().filter(name -> !name.isEmpty()).forEach(present::guess);
    return present;
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

package io.holdfast.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.sessions.Node.RunNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a conversation is does not depend on how it was loaded. */
class TreePagingTest {
  private static final Codec<UiChunk, UiMessage> CODEC = new UiMessageCodec();

  /** Everything that a reader shows: the messages of the branch, and what its runs are. */
  private static String shown(Tree<UiMessage> tree) {
    StringBuilder shown = new StringBuilder();
    for (Node<UiMessage> node : tree.shape().branch(List.of())) {
      shown.append(node.key()).append(' ').append(node.parent());
      if (node instanceof RunNode<UiMessage> run) {
        shown.append(' ').append(run.info()).append(' ').append(run.lifecycle.state());
      }
      shown.append('\n');
      for (CodecMessage<UiMessage> message : node.messages()) {
        shown.append("  ").append(message).append('\n');
      }
    }
    return shown.toString();
  }

  private static Tree<UiMessage> tree(List<WireMessage> messages) {
    Tree<UiMessage> tree = new Tree<>(CODEC);
    messages.forEach(tree::apply);
    return tree;
  }

  private static RunStatus status(Tree<UiMessage> tree, String runId) {
    RunNode<UiMessage> run = tree.run(runId);
    assertTrue(run != null, runId + " is there");
    return run.lifecycle.state().status();
  }

  /** The conversations that are loaded in every way. */
  private static Map<String, Scribe> traces() {
    return Map.of(
        "approval", Traces.approval(),
        "branches", BranchTraces.branches(),
        "fork", BranchTraces.toolResultFork(),
        "retry", BranchTraces.retriedStep());
  }

  @Test
  void aLiveReaderOfAnApprovalSeesARunThatIsComplete() {
    Tree<UiMessage> tree = tree(Traces.approval().live());
    assertEquals(RunStatus.COMPLETE, status(tree, Traces.RUN));
    List<String> texts = new ArrayList<>();
    tree.shape()
        .branch(List.of())
        .forEach(n -> n.messages().forEach(m -> texts.add(m.message().text())));
    assertEquals(List.of("Delete my files.", "", "Done."), texts);
  }

  @Test
  void everyPageSizeGivesWhatALiveReaderSaw() {
    traces()
        .forEach(
            (name, scribe) -> {
              String live = shown(tree(scribe.live()));
              for (int size = 1; size <= scribe.history().size() + 1; size++) {
                Tree<UiMessage> tree = new Tree<>(CODEC);
                scribe.pages(size).forEach(page -> page.forEach(tree::apply));
                assertEquals(live, shown(tree), name + " in pages of " + size);
              }
            });
  }

  @Test
  void joiningAtAnyMomentAndPagingBackGivesTheSame() {
    traces()
        .forEach(
            (name, scribe) -> {
              String live = shown(tree(scribe.live()));
              List<WireMessage> all = scribe.live();
              for (int joined = 0; joined <= all.size(); joined++) {
                for (int size : new int[] {1, 2, 3, 5, 100}) {
                  Tree<UiMessage> tree = new Tree<>(CODEC);
                  List<WireMessage> since = firstContact(all, joined);
                  since.forEach(tree::apply);
                  historyAt(all, joined).pages(size).forEach(page -> page.forEach(tree::apply));
                  assertEquals(
                      live, shown(tree), name + " joined at " + joined + ", pages of " + size);
                }
              }
            });
  }

  /** What somebody gets who attached behind that many: a known message comes whole at first. */
  private static List<WireMessage> firstContact(List<WireMessage> all, int joined) {
    Scribe.Replay replay = new Scribe.Replay();
    all.subList(0, joined).forEach(replay::see);
    List<WireMessage> got = new ArrayList<>();
    all.subList(joined, all.size()).forEach(message -> got.add(replay.deliver(message)));
    return got;
  }

  private static Scribe.Replay historyAt(List<WireMessage> all, int joined) {
    Scribe.Replay replay = new Scribe.Replay();
    all.subList(0, joined).forEach(replay::see);
    return replay;
  }

  @Test
  void everyOrderOfPagesAndLiveMessagesGivesTheSame() {
    Random random = new Random(5);
    traces()
        .forEach(
            (name, scribe) -> {
              String live = shown(tree(scribe.live()));
              for (int round = 0; round < 200; round++) {
                List<WireMessage> shuffled = new ArrayList<>(scribe.history());
                Collections.shuffle(shuffled, random);
                assertEquals(live, shown(tree(shuffled)), name + " shuffled, round " + round);
              }
            });
  }

  @Test
  void whatComesTwiceCountsOnce() {
    traces()
        .forEach(
            (name, scribe) -> {
              Tree<UiMessage> tree = tree(scribe.live());
              String live = shown(tree);
              long version = tree.version();
              scribe.history().forEach(tree::apply);
              scribe.live().forEach(tree::apply);
              assertEquals(live, shown(tree), name);
              assertEquals(version, tree.version(), name + ": nothing changed");
            });
  }

  @Test
  void aPageThatBeginsBehindTheResumeShowsWhatItHas() {
    Scribe scribe = Traces.approval();
    List<WireMessage> all = scribe.history();
    // the continuation's output, step end and run end: their parent is a message of their own run
    Tree<UiMessage> tree = tree(all.subList(all.size() - 4, all.size()));
    assertEquals(RunStatus.COMPLETE, status(tree, Traces.RUN));
    List<Node<UiMessage>> branch = tree.shape().branch(List.of());
    assertEquals(1, branch.size());
    assertEquals("Done.", branch.getFirst().messages().getLast().message().text());
  }
}

package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.channels.ChannelSettings;
import io.holdfast.channels.Channels;
import io.holdfast.channels.Lane;
import io.holdfast.channels.Timers;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.MemoryDisk;
import io.holdfast.journal.MemoryHub;
import io.holdfast.journal.MemoryJournal;
import io.holdfast.nodes.EntryForms;
import io.holdfast.nodes.NodeTimers;
import io.holdfast.nodes.Nodes;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The channels of several nodes in one list. */
class ChannelListTest {
  private final MemoryHub hub = new MemoryHub(Runnable::run, (ms, task) -> {});

  /** A node with channels of its own. */
  private final class Node {
    private final Nodes nodes;
    private final Channels channels;
    private final ChannelList list;

    Node(String boot) {
      nodes =
          new Nodes(
              hub.join(boot),
              boot,
              new NodeTimers() {
                @Override
                public long now() {
                  return 1_000;
                }

                @Override
                public void after(long ms, Runnable task) {}
              },
              new EntryForms(1, 1));
      channels =
          new Channels(
              new MemoryJournal(new MemoryDisk(), () -> 1_000, Runnable::run),
              List.of(new Lane(Runnable::run)),
              new Timers() {
                @Override
                public long now() {
                  return 1_000;
                }

                @Override
                public Timer after(long ms, Runnable task) {
                  return () -> {};
                }
              },
              ChannelSettings.DEFAULT,
              boot);
      list = new ChannelList(channels, nodes, Runnable::run);
    }

    void use(String app, String name) {
      var _ = channels.members(new ChannelId(app, name));
    }

    ChannelList.Found find(
        Capability capability, String prefix, @Nullable String after, int limit) {
      return list.find(new ChannelList.Wanted("app", capability, prefix, after, limit)).join();
    }

    List<String> paged(Capability capability, String prefix, int limit) {
      List<String> names = new ArrayList<>();
      String after = null;
      for (boolean more = true; more; ) {
        ChannelList.Found found = find(capability, prefix, after, limit);
        assertTrue(found.whole() || !found.channels().isEmpty());
        names.addAll(found.channels().keySet());
        after = found.channels().isEmpty() ? null : found.channels().lastKey();
        more = !found.whole();
      }
      return names;
    }
  }

  @Test
  void pagesOfWhateverLengthListEveryNameOnceAndInOrder() {
    List<Node> all = List.of(new Node("a"), new Node("b"), new Node("c"));
    NavigableSet<String> names = new TreeSet<>();
    Random random = new Random(1);
    for (int i = 0; i < 400; i++) {
      String name = (i % 2 == 0 ? "x:" : "y:") + random.nextInt(300);
      names.add(name);
      all.get(random.nextInt(3)).use("app", name);
      all.get(random.nextInt(3)).use("other", name + "!");
    }
    List<String> ofX = names.stream().filter(name -> name.startsWith("x:")).toList();
    Capability onlyX = Capability.parse("{\"x:*\":[\"channel-metadata\"]}");
    for (Node node : all) {
      for (int limit : List.of(1, 7, 100, 1_000)) {
        assertEquals(List.copyOf(names), node.paged(Capability.ALL, "", limit));
        assertEquals(ofX, node.paged(Capability.ALL, "x:", limit));
        assertEquals(ofX, node.paged(onlyX, "", limit));
      }
    }
  }

  @Test
  void anAnswerThatWouldBeTooLargeEndsEarlierAndTheListGoesOnBehindIt() {
    Node a = new Node("a");
    Node b = new Node("b");
    NavigableSet<String> names = new TreeSet<>();
    for (int i = 0; i < 700; i++) {
      String name = i + "n".repeat(2_000);
      names.add(name);
      b.use("app", name);
    }
    assertFalse(a.find(Capability.ALL, "", null, 1_000).whole());
    assertEquals(List.copyOf(names), a.paged(Capability.ALL, "", 1_000));
  }
}

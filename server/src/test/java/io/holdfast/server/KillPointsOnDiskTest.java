package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.fold.Part;
import io.holdfast.fold.Verdict;
import io.holdfast.journal.Direction;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.PresenceMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process gone at a step of checkpoint, compaction or expiry, on a real directory: what opens
 * afterwards holds all that was acknowledged, once.
 */
class KillPointsOnDiskTest {
  private static final int KILLS = 8;
  private static final int NEVER = Integer.MAX_VALUE;

  private @TempDir Path directory = Path.of("");
  private final List<Part> sent = new ArrayList<>();
  private final List<Verdict> answers = new ArrayList<>();

  private record Ended(int code, String output) {
    int steps() {
      return Integer.parseInt(output.strip().replace("steps ", ""));
    }
  }

  private String send(DiskScene scene, Part part) {
    sent.add(part);
    answers.add(scene.send(part));
    return DiskScene.serial(answers.getLast());
  }

  /** A channel with some of everything, half of it old; what it holds. */
  private List<Message> prepare(Path base) {
    int number = 0;
    try (DiskScene scene = new DiskScene(base, DiskScene.START, UnaryOperator.identity())) {
      String first = send(scene, DiskScene.publish(number++, "one"));
      send(scene, DiskScene.append(number++, first, " more"));
      send(scene, DiskScene.enter(number++, "ann"));
      String second = send(scene, DiskScene.publish(number++, "two"));
      send(scene, DiskScene.update(number++, second, "changed"));
      scene.clock.set(DiskScene.LATER);
      String third = send(scene, DiskScene.publish(number++, "three"));
      send(scene, DiskScene.append(number++, third, "!"));
      send(scene, DiskScene.enter(number++, "bob"));
      return scene.history();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private Ended run(Path data, int last) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                HaltedNode.class.getName(),
                data.toString(),
                String.valueOf(last))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(child.waitFor(), output);
  }

  /** Opens what is left and sends every frame once more, as clients that heard nothing do. */
  private void check(Path data, List<Message> before, String where) {
    try (DiskScene scene = new DiskScene(data, DiskScene.LATER, UnaryOperator.identity())) {
      List<Message> left = withoutLate(scene.history());
      assertEquals(before.subList(before.size() - left.size(), before.size()), left, where);
      assertEquals(before.getLast(), left.getLast(), where);
      for (int i = 0; i < sent.size(); i++) {
        assertEquals(answers.get(i), scene.send(sent.get(i)), where);
      }
      String late = DiskScene.serial(scene.send(HaltedNode.late()));
      List<Message> after = scene.history();
      assertEquals(left, withoutLate(after), where + ", and sent again");
      assertEquals(late, after.getLast().serial(), where);
      assertEquals(left.size() + 1, after.size(), where);
      assertEquals(
          List.of("ann", "bob"),
          scene.members().stream().map(PresenceMessage::clientId).sorted().toList(),
          where);
    }
  }

  private static List<Message> withoutLate(List<Message> messages) {
    return messages.stream().filter(m -> !("p:" + HaltedNode.LATE + ":0").equals(m.id())).toList();
  }

  @Test
  void whatAKilledProcessLeavesOpensToTheSameState() throws Exception {
    Path base = directory.resolve("base");
    List<Message> before = prepare(base);
    assertEquals(3, before.size());

    Path whole = directory.resolve("whole");
    copy(base, whole);
    Ended unharmed = run(whole, NEVER);
    assertEquals(0, unharmed.code());
    int steps = unharmed.steps();
    assertTrue(steps >= 10, "too few steps: " + steps);
    try (DiskScene scene = new DiskScene(whole, DiskScene.LATER, UnaryOperator.identity())) {
      assertEquals(before.subList(2, 3), withoutLate(scene.history()));
      var log = scene.journal.read(DiskScene.ROOM, 0, Direction.FORWARDS, 100, 1 << 20);
      assertTrue(DiskScene.await(log).size() < sent.size(), "the log was not shortened");
    }
    check(whole, before, "unharmed");

    SortedSet<Integer> points = new TreeSet<>();
    for (int i = 0; i < KILLS; i++) {
      points.add(i * (steps - 1) / (KILLS - 1));
    }
    int killed = 0;
    for (int point : points) {
      Path data = directory.resolve("killed" + point);
      copy(base, data);
      Ended ended = run(data, point);
      // what is written together is a matter of time, so this run may have been over by then
      if (ended.code() == 0) {
        assertTrue(ended.steps() <= point, "step " + point + " killed nobody");
      } else {
        assertEquals(HaltedNode.KILLED, ended.code());
        killed++;
      }
      check(data, before, "killed at step " + point + " of " + steps);
    }
    assertTrue(killed > KILLS / 2, killed + " killed");
  }
}

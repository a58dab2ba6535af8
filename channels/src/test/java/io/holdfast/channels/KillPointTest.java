package io.holdfast.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.fold.Part;
import io.holdfast.fold.Verdict;
import io.holdfast.journal.Direction;
import io.holdfast.objects.Operation;
import io.holdfast.objects.Value;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A crash before and after every single step of what moves a channel to the store and shortens its
 * log: nothing is lost, nothing doubles, and a resume works or says that it does not.
 */
class KillPointTest {
  private static final long HORIZON = 60_000;

  /** A channel with some of everything, most of it past the horizon. */
  private static final class Scene {
    final House house = new House(ChannelSettings.DEFAULT.withResumeHorizon(HORIZON));
    final Reader old = house.reader("old");
    final Reader recent = house.reader("recent");
    final List<Part> sent = new ArrayList<>();
    String first = "";
    private int number;

    Scene() {
      old.attach();
      first = send(House.publishing("p", number++, "one", "uno")).serial();
      old.lose();
      send(House.appending("p", number++, first, " more"));
      send(House.changing(MessageAction.UPDATE, "p", number++, first, "changed"));
      send(House.present("p", number++, House.OWNER, PresenceAction.ENTER, "a"));
      String second = send(House.publishing("p", number++, "two")).serial();
      send(House.changing(MessageAction.DELETE, "p", number++, second, ""));
      send(
          House.operating(
              "p",
              number++,
              new Operation.MapSet("root", "m", new Value.Reference("map:a@1")),
              new Operation.MapSet("map:a@1", "k", new Value.Text("v")),
              new Operation.MapRemove("root", "x")));
      house.world.pass(2 * HORIZON);
      send(House.operating("p", number++, new Operation.CounterInc("counter:a@1", 2)));
      recent.attach();
      send(House.appending("p", number++, first, "!"));
      send(House.present("p", number++, House.OWNER, PresenceAction.ENTER, "b"));
      recent.lose();
      send(House.appending("p", number++, first, "?"));
      send(
          House.operating(
              "p",
              number++,
              new Operation.MapClear("map:a@1"),
              new Operation.CounterInc("counter:a@1", 3)));
      send(House.publishing("p", number++, "four"));
    }

    private House.Answer send(Part part) {
      House.Answer answer = house.submit(part);
      house.world.run();
      sent.add(part);
      return answer;
    }

    List<Object> everything() {
      List<Object> all = new ArrayList<>();
      all.add(house.await(house.channels.history(House.ROOM, House.oldest(100))));
      all.add(house.await(house.channels.versions(House.ROOM, first)));
      all.add(house.await(house.channels.presenceHistory(House.ROOM, House.oldest(100))));
      all.add(house.await(house.channels.members(House.ROOM)));
      all.add(house.await(house.channels.objects(House.ROOM)));
      return all;
    }

    /** Every frame once more, as clients that heard no answer do. */
    List<Verdict> resend() {
      List<Verdict> answers = new ArrayList<>();
      for (Part part : sent) {
        House.Answer answer = house.submit(part);
        house.world.run();
        answers.add(answer.verdict());
      }
      return answers;
    }

    void resumesOrSays() {
      recent.attach(recent.serial, null, null, Flags.DEFAULT_MODES);
      house.world.run();
      assertTrue(recent.resumed());
      assertEquals("four", recent.texts.lastEntry().getValue());
      assertEquals("changed!?", recent.texts.get(first));
      old.attach(old.serial, null, null, Flags.DEFAULT_MODES);
      house.world.run();
      if (old.resumed()) {
        assertEquals("changed!?", old.texts.get(first));
        assertEquals("four", old.texts.lastEntry().getValue());
      } else {
        assertEquals(90003, Objects.requireNonNull(old.attached().error()).code());
      }
    }
  }

  /** Crashes after 0, 1, 2, ... steps of an act until it is over; tells how many there were. */
  private static int crashEverywhere(Consumer<Scene> act) {
    for (int steps = 0; ; steps++) {
      Scene scene = new Scene();
      List<Object> before = scene.everything();
      List<Verdict> answers = scene.resend();
      act.accept(scene);
      int done = 0;
      while (done < steps && scene.house.world.step()) {
        done++;
      }
      scene.house.restart();
      String where = "after " + done + " steps";
      assertEquals(before, scene.everything(), where);
      assertEquals(answers, scene.resend(), where);
      assertEquals(before, scene.everything(), where);
      scene.resumesOrSays();
      scene.house.restart();
      assertEquals(before, scene.everything(), where + " and another restart");
      if (done < steps) {
        return done;
      }
    }
  }

  private static void compact(Scene scene) {
    scene.house.channels.compact(House.ROOM);
  }

  @Test
  void compaction() {
    assertTrue(crashEverywhere(KillPointTest::compact) > 6);
  }

  @Test
  void compactionAfterACompactionThatWasKilled() {
    for (int first = 0; first < 25; first += 4) {
      int killed = first;
      crashEverywhere(
          scene -> {
            compact(scene);
            for (int i = 0; i < killed; i++) {
              scene.house.world.step();
            }
            scene.house.restart();
            compact(scene);
          });
    }
  }

  @Test
  void entriesThatACrashLeftGoWithTheNextCompaction() {
    Scene whole = new Scene();
    compact(whole);
    whole.house.world.run();
    int left = entries(whole);
    for (int steps = 0; steps < 40; steps++) {
      Scene scene = new Scene();
      compact(scene);
      for (int i = 0; i < steps; i++) {
        scene.house.world.step();
      }
      scene.house.restart();
      compact(scene);
      scene.house.world.run();
      assertEquals(left, entries(scene), "after " + steps);
    }
  }

  private static int entries(Scene scene) {
    var read = scene.house.journal.read(House.ROOM, 0, Direction.FORWARDS, 100, 1 << 20);
    return scene.house.await(read).size();
  }

  @Test
  void leavingMemory() {
    crashEverywhere(
        scene -> {
          scene.house.world.pass(40_000);
          scene.house.channels.retireIdle();
        });
  }

  @Test
  void compactionAmongPublishes() {
    for (int steps = 0; steps < 60; steps++) {
      Scene scene = new Scene();
      compact(scene);
      List<House.Answer> answers = new ArrayList<>();
      for (int i = 0; i < steps; i++) {
        if (i % 2 == 0) {
          answers.add(scene.house.publish("q", i, "q" + i));
        }
        scene.house.world.step();
      }
      scene.house.restart();
      List<String> texts = scene.house.texts();
      for (int i = 0; i < answers.size(); i++) {
        boolean there = texts.contains("q" + 2 * i);
        assertTrue(there || answers.get(i).none(), "acked and lost after " + steps);
        scene.house.publish("q", 2L * i, "q" + 2 * i);
        scene.house.world.run();
      }
      List<String> after = scene.house.texts();
      assertEquals(after.stream().distinct().toList(), after);
      assertEquals(texts.size() - there(texts) + answers.size(), after.size());
    }
  }

  private static long there(List<String> texts) {
    return texts.stream().filter(t -> t.startsWith("q")).count();
  }

  @Test
  void expiryDeletesFromTheOldestAndNothingElse() {
    int steps = 0;
    boolean over = false;
    while (!over) {
      Scene scene = new Scene();
      List<String> before = scene.house.texts();
      compact(scene);
      scene.house.world.run();
      scene.house.channels.expire(House.ROOM, scene.house.world.now() - HORIZON);
      int done = 0;
      while (done < steps && scene.house.world.step()) {
        done++;
      }
      scene.house.restart();
      List<String> after = scene.house.texts();
      assertEquals(before.subList(before.size() - after.size(), before.size()), after);
      assertEquals("four", after.getLast());
      over = done < steps;
      if (over) {
        assertEquals(List.of("four"), after);
      }
      steps++;
    }
  }

  @Test
  void aRefusalIsStillARefusalAfterEveryCrash() {
    for (int steps = 0; steps < 40; steps++) {
      House house = new House(ChannelSettings.DEFAULT.withResumeHorizon(HORIZON));
      String serial = house.published("p", 0, "x");
      house.journal.holdCommits(true);
      house.submit(House.changing(MessageAction.DELETE, "p", 1, serial, ""));
      House.Answer answer = house.append("p", 2, serial, "y");
      house.world.run();
      house.journal.holdCommits(false);
      house.world.run();
      assertEquals(40000, answer.refusal());
      house.world.pass(2 * HORIZON);
      house.channels.compact(House.ROOM);
      for (int i = 0; i < steps; i++) {
        house.world.step();
      }
      house.restart();
      House.Answer resent = house.append("p", 2, serial, "y");
      house.world.run();
      assertEquals(40000, resent.refusal(), "after " + steps);
    }
  }
}

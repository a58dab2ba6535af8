package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.channels.Timers;
import io.holdfast.journal.MemoryHub;
import io.holdfast.journal.MemorySignals;
import io.holdfast.nodes.EntryForms;
import io.holdfast.nodes.NodeTimers;
import io.holdfast.nodes.Nodes;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Requests that one node passes on to another, on signals that get lost; time is played. */
class RelayTest {
  private static final EntryForms FORMS = new EntryForms(1, 1);

  /** Time, and what happens in it. */
  private static final class Played implements Timers {
    private record Task(long due, long number, Runnable run) {}

    private final PriorityQueue<Task> tasks =
        new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::number));
    private long now = 1_000_000;
    private long numbers;

    @Override
    public long now() {
      return now;
    }

    @Override
    public Timer after(long ms, Runnable task) {
      Task waiting = new Task(now + ms, numbers++, task);
      tasks.add(waiting);
      return () -> tasks.remove(waiting);
    }

    void pass(long ms) {
      long until = now + ms;
      for (Task next = tasks.peek(); next != null && next.due <= until; next = tasks.peek()) {
        tasks.remove();
        now = Math.max(now, next.due);
        next.run.run();
      }
      now = until;
    }

    NodeTimers forNodes() {
      return new NodeTimers() {
        @Override
        public long now() {
          return now;
        }

        @Override
        public void after(long ms, Runnable task) {
          Played.this.after(ms, task);
        }
      };
    }
  }

  /** A client's socket. */
  private static final class Caller implements Exchange {
    private final Request request;
    private final StringBuilder came = new StringBuilder();
    private final List<Runnable> unwritten = new ArrayList<>();
    private @Nullable Watcher watcher;
    private @Nullable Response answer;
    private boolean slow;
    private boolean ended;
    private boolean broken;

    Caller(byte[] body) {
      this.request =
          new Request(
              "POST",
              new Target(List.of("comet", "key", "send"), Map.of("rnd", "1")),
              new DefaultHttpHeaders().add("Origin", "https://page"),
              body,
              true);
    }

    @Override
    public Request request() {
      return request;
    }

    @Override
    public void watch(Watcher now) {
      watcher = now;
    }

    @Override
    public void answer(Response response) {
      if (came.isEmpty() && !ended && answer == null) {
        answer = response;
      }
    }

    @Override
    public void begin(String type) {}

    @Override
    public void send(byte[] bytes, Runnable left) {
      came.append(new String(bytes, StandardCharsets.US_ASCII));
      if (slow) {
        unwritten.add(left);
      } else {
        left.run();
      }
    }

    @Override
    public void end() {
      ended = true;
    }

    @Override
    public void breakOff() {
      broken = answer == null && !ended;
    }

    void hangUp() {
      if (watcher != null) {
        watcher.gone();
      }
    }
  }

  private final Played time = new Played();
  private final MemoryHub hub = new MemoryHub(task -> time.after(0, task), time::after);
  private final MemorySignals hereSignals = hub.join("here");
  private final MemorySignals thereSignals = hub.join("there");
  private final Nodes here = new Nodes(hereSignals, "here", time.forNodes(), FORMS);
  private final Nodes there = new Nodes(thereSignals, "there", time.forNodes(), FORMS);
  private final CometForwards forwards = new CometForwards(here, time, key -> "there");
  private final List<Exchange> guests = new ArrayList<>();
  private final CometGuests taking = new CometGuests(there, time, Runnable::run, guests::add);

  private Caller forwarded() {
    Caller caller = new Caller(new byte[0]);
    forwards.forward(caller, "there");
    time.pass(0);
    return caller;
  }

  @Test
  void theRequestArrivesAsItWasAndItsAnswerAsItIsGiven() {
    time.pass(0);
    byte[] body = new byte[3 * CometForwards.PIECE_BYTES + 1];
    new Random(1).nextBytes(body);
    Caller caller = new Caller(body);
    forwards.forward(caller, "there");
    time.pass(0);
    Request asked = guests.getFirst().request();
    assertEquals(List.of("comet", "key", "send"), asked.target().segments());
    assertEquals("1", asked.target().param("rnd"));
    assertEquals("https://page", asked.headers().get("Origin"));
    assertTrue(java.util.Arrays.equals(body, asked.body()));
    byte[] answer = new byte[2 * CometForwards.PIECE_BYTES + 1];
    guests.getFirst().answer(new Response.Bytes("application/json", answer));
    time.pass(0);
    Response.Drawn given = assertInstanceOf(Response.Drawn.class, caller.answer);
    assertEquals(200, given.status());
    assertEquals(answer.length, given.reply().content().readableBytes());
    assertEquals("https://page", given.reply().headers().get("Access-Control-Allow-Origin"));
  }

  @Test
  void whatIsWrittenWhileTheSocketIsFullGoesTogetherAndItsWriterLearnsWhenItHasLeft() {
    time.pass(0);
    Caller caller = forwarded();
    caller.slow = true;
    Exchange guest = guests.getFirst();
    List<Integer> left = new ArrayList<>();
    guest.begin("application/json");
    time.pass(0);
    for (int i = 0; i < 5; i++) {
      int number = i;
      guest.send(new byte[] {(byte) ('a' + i)}, () -> left.add(number));
    }
    time.pass(30_000);
    assertEquals("a", caller.came.toString());
    assertEquals(List.of(), left);
    caller.unwritten.removeFirst().run();
    time.pass(3_000);
    assertEquals("abcde", caller.came.toString());
    assertEquals(List.of(0), left);
    caller.unwritten.removeFirst().run();
    guest.end();
    time.pass(3_000);
    assertTrue(caller.ended);
    assertEquals(List.of(0, 1, 2, 3, 4), left);
  }

  @Test
  void whateverIsLostTheClientGetsAllOfItOrSeesItsSocketBreak() {
    int broken = 0;
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      double losses = seed % 10 * 0.07;
      time.pass(0);
      hub.drop(passing -> passing.topic().contains("comet") && random.nextDouble() < losses);
      int before = guests.size();
      Caller caller = forwarded();
      StringBuilder written = new StringBuilder();
      int[] left = {0};
      int sent = 0;
      for (int step = 0; step < 30; step++) {
        time.pass(random.nextInt(500));
        if (guests.size() > before) {
          assertEquals(before + 1, guests.size());
          Exchange guest = guests.getLast();
          guest.begin("application/json");
          guest.send(new byte[] {(byte) ('a' + step % 26)}, () -> left[0]++);
          written.append((char) ('a' + step % 26));
          sent++;
        }
      }
      time.pass(15_000);
      if (guests.size() > before) {
        guests.getLast().begin("application/json");
        guests.getLast().end();
      }
      time.pass(120_000);
      hub.drop(passing -> false);
      time.pass(20_000);
      if (caller.ended) {
        assertEquals(written.toString(), caller.came.toString());
      } else {
        assertTrue(caller.broken || caller.answer != null, "seed " + seed + " waits for ever");
        assertTrue(written.toString().startsWith(caller.came.toString()));
        broken++;
      }
      assertEquals(sent, left[0], "seed " + seed);
    }
    assertTrue(broken > 10 && broken < 250, broken + " broke");
  }

  @Test
  void whoHangsUpIsMissedByWhoAnswers() {
    time.pass(0);
    Caller caller = forwarded();
    int[] gone = {0};
    guests.getFirst().watch(() -> gone[0]++);
    caller.hangUp();
    time.pass(0);
    assertEquals(1, gone[0]);
  }

  @Test
  void aNodeThatDiesLeavesNobodyWaiting() {
    time.pass(0);
    Caller waiting = forwarded();
    Caller reading = forwarded();
    guests.get(1).begin("application/json");
    guests.get(1).send(new byte[] {'a'}, () -> {});
    time.pass(0);
    thereSignals.crash();
    time.pass(10_000);
    assertEquals("a", reading.came.toString());
    assertTrue(reading.broken);
    assertEquals(503, waiting.answer == null ? 0 : waiting.answer.status());
    Caller late = forwarded();
    time.pass(10_000);
    assertTrue(late.answer != null);
  }

  @Test
  void aCallersNodeThatDiesIsMissedByWhoAnswers() {
    time.pass(0);
    forwarded();
    int[] gone = {0};
    Exchange guest = guests.getFirst();
    guest.watch(() -> gone[0]++);
    guest.begin("application/json");
    time.pass(0);
    hereSignals.crash();
    time.pass(10_000);
    assertEquals(1, gone[0]);
    int[] left = {0};
    guest.send(new byte[1], () -> left[0]++);
    assertEquals(1, left[0]);
    taking.close();
  }

  @Test
  void aNodeThatIsAboutToStopSaysSoForItsCallers() {
    time.pass(0);
    Caller caller = forwarded();
    Exchange guest = guests.getFirst();
    guest.watch(
        new Exchange.Watcher() {
          @Override
          public void gone() {}

          @Override
          public void leaving() {
            guest.answer(Response.nothing());
          }
        });
    forwards.drain();
    time.pass(0);
    assertFalse(caller.broken);
    assertEquals(204, caller.answer == null ? 0 : caller.answer.status());
  }
}

package io.holdfast.fold;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.objects.Operation;
import io.holdfast.objects.Value;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * A crash may leave records that are ahead of the manifest, so entries are folded again over what
 * they made already. It must come to what folding once comes to.
 */
class RefoldTest {
  /** What a random session did and may do next. */
  private static final class Session {
    private final RandomGenerator random;
    private final Stored once;
    private final Stored crashed;
    private final List<String> serials = new ArrayList<>();
    private final List<Part> sent = new ArrayList<>();
    private long msgSerial;

    Session(long seed, FoldLimits limits) {
      random = new Random(seed);
      once = new Stored(limits);
      crashed = new Stored(limits);
    }

    private String client() {
      return "c" + random.nextInt(3);
    }

    private String text() {
      return "t".repeat(random.nextInt(4));
    }

    private String target() {
      return serials.get(random.nextInt(serials.size()));
    }

    private Part part() {
      long number = msgSerial;
      msgSerial += 4;
      int kind = serials.isEmpty() ? 0 : random.nextInt(19);
      return switch (kind) {
        case 0, 1 -> Parts.publish(client(), number, text(), text());
        case 2 -> Parts.update(client(), number, target(), text());
        case 3 -> {
          boolean any = random.nextBoolean();
          yield Parts.mutate(MessageAction.DELETE, client(), number, target(), null, any);
        }
        case 4 -> Parts.publish(client(), new Origin(null, -1, "k" + random.nextInt(9)), text());
        case 5, 6 -> Parts.append(client(), number, target(), text(), text(), text());
        case 7 -> {
          Data piece = random.nextInt(4) == 0 ? Data.binary(new byte[] {1}) : Data.text(text());
          yield Parts.appendData(client(), number, target(), true, piece, Data.text(text()));
        }
        case 8 -> Parts.presence(client(), number, action(), "m" + random.nextInt(4));
        case 9 -> new Part.Own(client(), new Owner("boot", random.nextInt(5)));
        case 10 -> depart();
        case 11, 12 -> annotate(number);
        case 13, 14 -> Parts.operate(client(), number, operation(), operation());
        case 15 -> Parts.operate(client(), number, operation());
        case 16 -> new Part.Collect("gc" + number, random.nextInt(3) * 50L);
        case 17 -> new Part.Expire(once.state().lastTime() - random.nextInt(40));
        default -> sent.get(random.nextInt(sent.size()));
      };
    }

    private Operation operation() {
      String map = random.nextBoolean() ? "root" : "map:a@" + random.nextInt(3);
      String key = "k" + random.nextInt(4);
      return switch (random.nextInt(7)) {
        case 0 -> new Operation.MapRemove(map, key);
        case 1 -> new Operation.CounterInc("counter:a@" + random.nextInt(3), random.nextInt(9));
        case 2 -> new Operation.MapSet(map, key, new Value.Reference("map:a@" + random.nextInt(3)));
        case 3 -> new Operation.CounterCreate("counter:a@" + random.nextInt(3), 10, null);
        case 4 -> new Operation.MapClear(map);
        default -> new Operation.MapSet(map, key, new Value.Text(text()));
      };
    }

    private Part annotate(long number) {
      List<Annotation> annotations = new ArrayList<>();
      String target = target();
      for (int i = random.nextInt(2); i >= 0; i--) {
        annotations.add(Parts.annotation(random, client(), target));
      }
      return new Part.Annotate(Parts.origin(client(), number), target, annotations);
    }

    private PresenceAction action() {
      return List.of(PresenceAction.ENTER, PresenceAction.UPDATE, PresenceAction.LEAVE)
          .get(random.nextInt(3));
    }

    private Part depart() {
      for (Member member : once.state().members()) {
        return new Part.Depart(member.key(), member.ownedAt(), "departed:" + msgSerial);
      }
      return new Part.Depart("c0:nobody", target(), "departed:" + msgSerial);
    }

    void step() {
      switch (random.nextInt(10)) {
        case 0 -> crashed.checkpoint();
        case 1 -> {
          crashed.writeRecords();
          crashed.restarted();
        }
        case 2 -> crashed.restarted();
        case 3 -> {
          crashed.checkpoint();
          crashed.state().shrink(0);
          crashed.state().dropObjects();
        }
        default -> {
          List<Part> parts = new ArrayList<>();
          for (int i = random.nextInt(3); i >= 0; i--) {
            parts.add(part());
          }
          once.add(parts);
          crashed.add(parts);
          sent.addAll(parts);
          for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i) instanceof Part.Publish) {
              serials.add(once.serial(i, 0));
            }
          }
        }
      }
    }
  }

  private static void compare(long seed, FoldLimits limits) {
    Session session = new Session(seed, limits);
    for (int i = 0; i < 60; i++) {
      session.step();
      Map<String, Object> expected = session.once.all();
      assertEquals(expected, session.crashed.all(), "after step " + i);
    }
  }

  @Property(tries = 100)
  void foldingAgainOverRecordsThatAreAheadChangesNothing(@ForAll long seed) {
    compare(seed, FoldLimits.DEFAULT.withObjects(2_000, 20));
  }

  @Property(tries = 100)
  void norDoesItWhereFramesAreRefusedForSizeAndNumber(@ForAll long seed) {
    compare(seed, Stored.room(8, 3, 40));
  }
}

package io.holdfast.simulator;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.fail;

import io.holdfast.connections.ConnectRequest;
import io.holdfast.fold.Entry;
import io.holdfast.fold.EntryCodec;
import io.holdfast.fold.Origin;
import io.holdfast.fold.Part;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Journal;
import io.holdfast.journal.StoredEntry;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Each bug is put into the node from outside, and the invariant it breaks must see it. */
class PlantedBugTest {
  private static final int MANY = 500;
  private static final long BASE = 2_000_000;

  private static void caught(String invariant, Supplier<Plant> plant) {
    caught(Set.of(invariant), plant);
  }

  /** Runs histories until one of those invariants is broken. */
  private static void caught(Set<String> invariants, Supplier<Plant> plant) {
    Set<String> others = new TreeSet<>();
    for (long seed = BASE; seed < BASE + MANY; seed++) {
      try {
        run(seed, plant.get());
      } catch (Broken broken) {
        if (invariants.contains(broken.invariant())) {
          return;
        }
        others.add(broken.invariant());
      }
    }
    fail(invariants + " have not seen it in " + MANY + " histories, but " + others);
  }

  private static void run(long seed, Plant plant) {
    try {
      new Simulator(plant).run(seed);
    } catch (AssertionError failed) {
      throw assertInstanceOf(Broken.class, failed.getCause(), failed.toString());
    }
  }

  @Test
  void framesSentAgainWithoutLookingAtTheirMarks() {
    Plant plant =
        new Plant() {
          @Override
          public ConnectRequest request(ConnectRequest real) {
            // a resume is taken for a new life, so no frame is known to have been applied
            return new ConnectRequest(
                real.access(),
                real.echo(),
                real.heartbeats(),
                null,
                real.resume() == null ? real.recover() : real.resume(),
                real.rollupWindow(),
                real.remainPresentFor());
          }

          @Override
          public boolean mistakesLives() {
            return true;
          }
        };
    caught(NothingAppliedTwice.NAME, () -> plant);
  }

  @Test
  void anAckBeforeTheEntryIsDurable() {
    Plant plant =
        new Plant() {
          @Override
          public Journal journal(Journal real, long commits) {
            return new EagerJournal(real, commits);
          }
        };
    caught(Set.of(Durability.NAME, NothingAckedIsLost.NAME), () -> plant);
  }

  /** Tells its followers, and whoever appends, what is only on its way to the disk. */
  private static final class EagerJournal extends JournalWrapper {
    private final Map<ChannelId, List<Follower>> followers = new HashMap<>();
    private long position;

    EagerJournal(Journal real, long position) {
      super(real);
      this.position = position;
    }

    @Override
    public Subscription follow(ChannelId channel, long after, Follower follower) {
      followers.computeIfAbsent(channel, c -> new ArrayList<>()).add(follower);
      return super.follow(channel, after, follower);
    }

    @Override
    public CompletableFuture<Appended> append(ChannelId channel, byte[] entry, String id) {
      CompletableFuture<Appended> real = super.append(channel, entry, id);
      if (real.isDone()) {
        return real;
      }
      StoredEntry told = new StoredEntry(++position, 0, entry);
      followers.getOrDefault(channel, List.of()).forEach(follower -> follower.entry(told));
      return CompletableFuture.completedFuture(new Appended(position, 0));
    }
  }

  @Test
  void aBareDeltaAtFirstContact() {
    Plant plant =
        new Plant() {
          @Override
          public List<SharedFrame> out(Wire wire, SharedFrame frame) {
            boolean first =
                frame.frame() instanceof Frame.Messages messages
                    && messages.messages().getFirst().action() == MessageAction.UPDATE
                    && !holds(wire, messages);
            return List.of(
                first && frame.frame() instanceof Frame.Messages messages
                    ? new SharedFrame(bare(messages))
                    : frame);
          }
        };
    caught(FirstContactWhole.NAME, () -> plant);
  }

  private static boolean holds(Wire wire, Frame.Messages frame) {
    String serial = String.valueOf(frame.messages().getFirst().serial());
    return wire.client().channel(frame.channel()).copy(serial) != null;
  }

  private static Frame bare(Frame.Messages frame) {
    Message whole = frame.messages().getFirst();
    Message delta =
        new Message(
            MessageAction.APPEND,
            whole.id(),
            whole.name(),
            whole.data(),
            whole.encoding(),
            whole.clientId(),
            whole.connectionId(),
            null,
            whole.timestamp(),
            whole.extras(),
            whole.serial(),
            whole.version());
    return new Frame.Messages(
        frame.channel(),
        List.of(delta),
        frame.msgSerial(),
        frame.id(),
        frame.connectionId(),
        frame.channelSerial(),
        frame.timestamp(),
        frame.params());
  }

  @Test
  void anAckThatOvertakesAnother() {
    caught(
        AcksInOrder.NAME,
        () -> new Swapping(f -> f instanceof Frame.Ack || f instanceof Frame.Nack, true));
  }

  @Test
  void messagesInAnotherOrderForSome() {
    caught(OneOrderForAll.NAME, () -> new Swapping(PlantedBugTest::isStoredCreate, false));
  }

  private static boolean isStoredCreate(Frame frame) {
    return frame instanceof Frame.Messages messages
        && messages.channelSerial() != null
        && messages.messages().getFirst().action() == MessageAction.CREATE;
  }

  /**
   * Has two frames of a kind change places.
   *
   * @param patient whether the first waits for the other beyond the next frame
   */
  private record Swapping(Predicate<Frame> kind, boolean patient, Map<Wire, SharedFrame> held)
      implements Plant {
    Swapping(Predicate<Frame> kind, boolean patient) {
      this(kind, patient, new WeakHashMap<>());
    }

    @Override
    public List<SharedFrame> out(Wire wire, SharedFrame frame) {
      boolean swaps = kind.test(frame.frame());
      SharedFrame before = swaps || !patient ? held.remove(wire) : null;
      if (before != null) {
        return swaps ? List.of(frame, before) : List.of(before, frame);
      }
      if (swaps) {
        held.put(wire, frame);
      }
      return swaps ? List.of() : List.of(frame);
    }
  }

  @Test
  void aFrameLeftOutOfAReplay() {
    Plant plant =
        new Plant() {
          private final Map<Wire, Boolean> skipping = new WeakHashMap<>();

          @Override
          public List<SharedFrame> out(Wire wire, SharedFrame frame) {
            if (frame.frame() instanceof Frame.Attached) {
              skipping.put(wire, true);
            }
            boolean skip =
                frame.frame() instanceof Frame.Messages messages
                    && messages.messages().getFirst().action() == MessageAction.APPEND
                    && skipping.remove(wire) != null;
            return skip ? List.of() : List.of(frame);
          }
        };
    caught(ResumeNeverSkips.NAME, () -> plant);
  }

  @Test
  void aLeaveNobodyHears() {
    Plant plant =
        new Plant() {
          @Override
          public List<SharedFrame> out(Wire wire, SharedFrame frame) {
            return frame.frame() instanceof Frame.Presence ? List.of() : List.of(frame);
          }
        };
    caught(PresenceTrue.NAME, () -> plant);
  }

  @Test
  void anAttachThatIsAnsweredTwice() {
    Plant plant =
        new Plant() {
          @Override
          public List<SharedFrame> out(Wire wire, SharedFrame frame) {
            return frame.frame() instanceof Frame.Attached ? List.of(frame, frame) : List.of(frame);
          }
        };
    caught(RightsTrue.ANSWERED, () -> plant);
  }

  @Test
  void aMessageForWhoMayNoLongerHearIt() {
    Plant plant =
        new Plant() {
          private final Map<Wire, SharedFrame> last = new WeakHashMap<>();

          @Override
          public List<SharedFrame> out(Wire wire, SharedFrame frame) {
            if (frame.frame() instanceof Frame.Messages) {
              last.put(wire, frame);
            }
            SharedFrame late = frame.frame() instanceof Frame.Detached ? last.remove(wire) : null;
            return late == null ? List.of(frame) : List.of(frame, late);
          }
        };
    caught(RightsTrue.NAME, () -> plant);
  }

  @Test
  void aSocketThatIsWrittenToThoughItIsFull() {
    Plant plant =
        new Plant() {
          @Override
          public boolean writable(boolean real) {
            return true;
          }
        };
    caught(MemoryBounded.NAME, () -> plant);
  }

  @Test
  void aReaderOfEventsWhoIsLeftWithoutOneWhenItIsBack() {
    Plant plant =
        new Plant() {
          private final Map<EventStream, Boolean> skipping = new WeakHashMap<>();

          @Override
          public List<SharedFrame> out(EventStream stream, SharedFrame frame) {
            if (frame.frame() instanceof Frame.Attached attached
                && (attached.flags() & Flags.RESUMED) != 0) {
              skipping.put(stream, true);
            }
            boolean skip =
                frame.frame() instanceof Frame.Messages && skipping.remove(stream) != null;
            return skip ? List.of() : List.of(frame);
          }
        };
    caught(EventsGoOn.NAME, () -> plant);
  }

  @Test
  void anAnswerThatIsGivenOnlyOnce() {
    Plant plant =
        new Plant() {
          @Override
          public boolean forgetsAnswers() {
            return true;
          }
        };
    caught(AnswersInTurn.NAME, () -> plant);
  }

  @Test
  void anObjectThatIsMissingFromASync() {
    Plant plant =
        new Plant() {
          @Override
          public List<SharedFrame> out(Wire wire, SharedFrame frame) {
            return frame.frame() instanceof Frame.ObjectSync page && page.state().size() > 1
                ? List.of(new SharedFrame(withoutTheFirst(page)))
                : List.of(frame);
          }
        };
    caught(ObjectsTrue.LOGGED, () -> plant);
  }

  private static Frame withoutTheFirst(Frame.ObjectSync page) {
    return new Frame.ObjectSync(
        page.channel(), page.channelSerial(), page.state().subList(1, page.state().size()));
  }

  @Test
  void aChangeOfObjectsThatIsLostWhileTheySync() {
    Plant plant =
        new Plant() {
          private final Map<Wire, SharedFrame> held = new WeakHashMap<>();

          @Override
          public List<SharedFrame> out(Wire wire, SharedFrame frame) {
            SharedFrame page = held.remove(wire);
            if (page != null) {
              return frame.frame() instanceof Frame.Objects ? List.of(page) : List.of(page, frame);
            }
            if (frame.frame() instanceof Frame.ObjectSync) {
              held.put(wire, frame);
              return List.of();
            }
            return List.of(frame);
          }
        };
    caught(ObjectsTrue.CONVERGE, () -> plant);
  }

  @Test
  void aChangeOfObjectsThatOneIsNotTold() {
    Plant plant =
        new Plant() {
          @Override
          public List<SharedFrame> out(Wire wire, SharedFrame frame) {
            boolean one = wire.client().name().equals("c0");
            return one && frame.frame() instanceof Frame.Objects ? List.of() : List.of(frame);
          }
        };
    caught(ObjectsTrue.CONVERGE, () -> plant);
  }

  @Test
  void anIncrementThatIsStoredTwice() {
    Plant plant =
        new Plant() {
          @Override
          public Journal journal(Journal real, long commits) {
            return new RepeatingJournal(real);
          }
        };
    caught(ObjectsTrue.ONCE, () -> plant);
  }

  /** Stores changes of objects once more, in an entry behind their own and as if from nobody. */
  private static final class RepeatingJournal extends JournalWrapper {
    RepeatingJournal(Journal real) {
      super(real);
    }

    @Override
    public CompletableFuture<Appended> append(ChannelId channel, byte[] bytes, String id) {
      Entry entry = EntryCodec.decode(bytes);
      List<Part> again = new ArrayList<>();
      for (Part part : entry.parts()) {
        if (part instanceof Part.Operate operate) {
          again.add(new Part.Operate(Origin.NONE, operate.author(), operate.acts()));
        }
      }
      CompletableFuture<Appended> stored = super.append(channel, bytes, id);
      if (!again.isEmpty()) {
        var _ =
            super.append(channel, EntryCodec.encode(new Entry(again, entry.limits())), id + '+');
      }
      return stored;
    }
  }
}

package io.holdfast.server;

import io.holdfast.channels.ChannelSettings;
import io.holdfast.channels.Channels;
import io.holdfast.channels.HistoryQuery;
import io.holdfast.channels.Lane;
import io.holdfast.channels.Submission;
import io.holdfast.channels.Timers;
import io.holdfast.fold.Origin;
import io.holdfast.fold.Owner;
import io.holdfast.fold.Part;
import io.holdfast.fold.Publisher;
import io.holdfast.fold.Verdict;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journalrocksdb.RocksOptions;
import io.holdfast.journalrocksdb.RocksStore;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import io.holdfast.protocol.Version;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** Channels over a real directory with a clock that stands, and what is sent to one of them. */
final class DiskScene implements AutoCloseable {
  static final long START = 1_700_000_000_000L;
  static final long HORIZON = 60_000;
  static final long LATER = START + 2 * HORIZON;
  static final ChannelId ROOM = new ChannelId("app", "room");

  /** Everything sent before it is old, everything sent after it is not. */
  static final long CUTOFF = START + HORIZON;

  private static final int PATIENCE = 20;

  /** Small, so that a publish brings a checkpoint. */
  private static final int CHECKPOINT = 1_000;

  final AtomicLong clock;
  final Journal journal;
  final Channels channels;
  private final RocksStore store;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();

  DiskScene(Path directory, long now, UnaryOperator<Journal> around) {
    clock = new AtomicLong(now);
    store =
        RocksStore.open(
            directory,
            RocksOptions.of(Throwable::printStackTrace).withClock(clock::get).withFreeFloor(0));
    journal = around.apply(store.journal());
    channels = new Channels(journal, List.of(new Lane(thread)), still(), settings(), "boot");
  }

  private static ChannelSettings settings() {
    ChannelSettings d = ChannelSettings.DEFAULT;
    return new ChannelSettings(
        d.limits(),
        d.recentBytes(),
        d.cacheBytes(),
        CHECKPOINT,
        d.entryBytes(),
        d.objectPageBytes(),
        d.backlogBytes(),
        d.unackedBytes(),
        d.idle(),
        HORIZON,
        d.earlierBootGrace());
  }

  /** Nothing is ever due. */
  private Timers still() {
    return new Timers() {
      @Override
      public long now() {
        return clock.get();
      }

      @Override
      public Timer after(long ms, Runnable task) {
        return () -> {};
      }
    };
  }

  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("no answer", e);
    }
  }

  Verdict send(Part part) {
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    channels.submit(ROOM, new Submission(part, 200, 0, false, verdict::complete));
    return await(verdict);
  }

  List<Message> history() {
    HistoryQuery all = new HistoryQuery(0, Long.MAX_VALUE, 1_000, Direction.FORWARDS, null, null);
    return await(channels.history(ROOM, all)).items();
  }

  List<PresenceMessage> members() {
    return await(channels.members(ROOM));
  }

  static Part publish(int number, String text) {
    Message message =
        new Message(
            MessageAction.CREATE,
            "p:" + number + ":0",
            null,
            Data.text(text),
            null,
            "p",
            "p",
            null,
            0,
            null,
            null,
            null);
    return new Part.Publish(origin(number), List.of(message));
  }

  static Part append(int number, String target, String text) {
    return new Part.Append(
        target,
        new Part.Change(null, null, null, null),
        author(number),
        new Version(null, 0, null, null, null),
        true,
        List.of(new Part.Piece(origin(number), Data.text(text))));
  }

  static Part update(int number, String target, String text) {
    return new Part.Mutate(
        origin(number),
        MessageAction.UPDATE,
        target,
        new Part.Change(null, Data.text(text), null, null),
        author(number),
        new Version(null, 0, null, null, null),
        true);
  }

  static Part enter(int number, String client) {
    PresenceMessage message =
        new PresenceMessage(
            PresenceAction.ENTER, "p:" + number + ":0", client, "p", null, null, null, 0);
    return new Part.Presence(origin(number), new Owner("boot", 1), List.of(message));
  }

  private static Origin origin(int number) {
    return new Origin(new Publisher("p", 0), number, null);
  }

  private static Part.Author author(int number) {
    return new Part.Author("p", "p", "p:" + number);
  }

  static String serial(Verdict verdict) {
    if (verdict instanceof Verdict.Accepted accepted) {
      return Objects.requireNonNull(accepted.serials().getFirst());
    }
    throw new AssertionError(verdict);
  }

  @Override
  public void close() {
    store.close();
    thread.shutdownNow();
  }
}

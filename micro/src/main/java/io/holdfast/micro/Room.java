package io.holdfast.micro;

import io.holdfast.channels.AttachRequest;
import io.holdfast.channels.ChannelSettings;
import io.holdfast.channels.Channels;
import io.holdfast.channels.HistoryQuery;
import io.holdfast.channels.Lane;
import io.holdfast.channels.Submission;
import io.holdfast.channels.Timers;
import io.holdfast.channels.View;
import io.holdfast.fold.Owner;
import io.holdfast.fold.Part;
import io.holdfast.fold.Publisher;
import io.holdfast.fold.Verdict;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.MemoryDisk;
import io.holdfast.journal.MemoryJournal;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Message;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One channel of a node whose threads all take turns on one and whose disk is memory: what is left
 * is the product's own work. Time stands still, so nothing happens but what is asked for.
 */
final class Room implements Timers {
  private static final ChannelId NAME = new ChannelId("app", Samples.CHANNEL);
  private static final long NOW = 1_700_000_000_000L;

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final Channels channels;
  private final Executor loop = thread();
  private @Nullable Verdict last;
  private int answered;

  Room() {
    var journal = new MemoryJournal(new MemoryDisk(), this::now, thread());
    channels =
        new Channels(journal, List.of(new Lane(thread())), this, ChannelSettings.DEFAULT, "boot");
  }

  /** As far as anyone can tell. */
  private Executor thread() {
    return new Executor() {
      @Override
      public void execute(Runnable task) {
        tasks.add(task);
      }
    };
  }

  @Override
  public long now() {
    return NOW;
  }

  @Override
  public Timer after(long ms, Runnable task) {
    return () -> {};
  }

  private void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /**
   * Everything that one frame leads to.
   *
   * @param window how long an append may wait for others, ms; 0 for not at all
   */
  void submit(Part part, int window) {
    channels.submit(NAME, new Submission(part, Samples.PAYLOAD, window, false, this::answer));
    run();
  }

  private void answer(Verdict verdict) {
    last = verdict;
    answered++;
  }

  /** The serial of the message that was published last. */
  String serial() {
    String serial = last instanceof Verdict.Accepted it ? it.serials().getFirst() : null;
    if (serial == null) {
      throw new IllegalStateException("published nothing: " + last);
    }
    return serial;
  }

  void endWindow(Publisher publisher) {
    channels.flushRollup(NAME, publisher);
    run();
  }

  /** How many frames were answered, all of which must have been accepted. */
  int answered() {
    if (!(last instanceof Verdict.Accepted)) {
      throw new IllegalStateException("refused: " + last);
    }
    return answered;
  }

  /** One more reader, all of them on one event loop. */
  Hearing attach(String connection) {
    var hearing = new Hearing(loop);
    channels.attach(
        NAME,
        new AttachRequest(
            hearing,
            connection,
            View.of(NAME.name(), Flags.SUBSCRIBE, true),
            null,
            null,
            null,
            new Owner("boot", 1),
            attachment -> {}));
    run();
    return hearing;
  }

  /** The newest messages. */
  List<Message> page(int limit) {
    var asked =
        channels.history(
            NAME, new HistoryQuery(0, Long.MAX_VALUE, limit, Direction.BACKWARDS, null, null));
    run();
    return asked.join().items();
  }
}

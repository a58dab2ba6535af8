package io.holdfast.simulator;

import io.holdfast.connections.ConnectRequest;
import io.holdfast.connections.Link;
import io.holdfast.connections.Transport;
import io.holdfast.fold.Cursor;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One event stream as the server's door for them has it: it attaches by itself and makes events of
 * frames, each with an id that holds a place on every channel.
 */
final class EventStream implements Transport {
  private static final String BETWEEN = ",";

  private final History history;
  private final EventReader reader;
  private final ServerNode node;
  private final TaskQueue loop;
  private final TaskQueue down;
  private final int watermark;
  private final List<ReaderEvent> batch = new ArrayList<>();
  private final Map<String, String> places = new TreeMap<>();
  private @Nullable Link link;
  private boolean placed;
  private int batchBytes;
  private int inFlight;
  private boolean closing;
  private boolean severed;
  private boolean silent;
  private boolean readerGone;

  EventStream(
      History history,
      EventReader reader,
      ServerNode node,
      TaskQueue loop,
      TaskQueue down,
      int watermark) {
    this.history = history;
    this.reader = reader;
    this.node = node;
    this.loop = loop;
    this.down = down;
    this.watermark = watermark;
  }

  ServerNode node() {
    return node;
  }

  /** A reader asks for channels, from the last event it has seen. */
  void open(ConnectRequest request, @Nullable String lastEvent) {
    if (lastEvent != null) {
      String[] given = lastEvent.split(BETWEEN, -1);
      int next = 0;
      for (String channel : reader.channels()) {
        places.put(channel, given[next++]);
      }
    }
    loop.execute(
        () -> {
          link = node.open(this, request.fromNothing().withHeartbeats());
          long modes = Flags.SUBSCRIBE | Flags.PRESENCE_SUBSCRIBE;
          for (String channel : reader.channels()) {
            told(new Frame.Attach(channel, places.get(channel), modes, reader.params(channel)));
          }
        });
  }

  private void told(Frame frame) {
    if (link != null && !closing) {
      link.received(new Decoded.Ok(frame), 0);
    }
  }

  // ---- the reader's end and what is between ----

  void slow(boolean slow) {
    down.pause(slow && !severed);
  }

  /** The socket breaks; some of what is under way is lost. */
  void cut(Dice dice, boolean unnoticed) {
    if (severed) {
      return;
    }
    severed = true;
    silent = unnoticed;
    down.keepOldest(dice.below(down.size() + 1));
    down.pause(false);
    down.execute(this::gone);
    if (!unnoticed) {
      loop.execute(this::lost);
    }
  }

  /** Whether only the reader knows that it is gone. */
  boolean silent() {
    return silent;
  }

  /** The node finds out at last. */
  void notice() {
    if (silent) {
      silent = false;
      loop.execute(this::lost);
    }
  }

  private void lost() {
    told(new Frame.Close());
    if (link != null) {
      link.lost();
    }
    closing = true;
  }

  void nodeDied(Dice dice) {
    closing = true;
    silent = false;
    batch.clear();
    cut(dice, true);
    silent = false;
  }

  private void gone() {
    if (!readerGone) {
      readerGone = true;
      history.turns().giveBack(down);
      reader.disconnected(this);
    }
  }

  // ---- the node's end ----

  @Override
  public Executor executor() {
    return loop;
  }

  @Override
  public Format format() {
    return Format.JSON;
  }

  @Override
  public boolean writable() {
    return inFlight < watermark;
  }

  @Override
  public void write(SharedFrame shared) {
    if (closing) {
      return;
    }
    MemoryBounded.written(shared.frame(), writable());
    batchBytes += shared.size(Format.JSON);
    for (SharedFrame planted : history.plant().out(this, shared)) {
      write(planted.frame());
    }
  }

  private void write(Frame frame) {
    switch (frame) {
      case Frame.Messages messages -> messages(messages);
      case Frame.Presence presence -> {
        moved(presence.channel(), presence.channelSerial());
        batch.add(new ReaderEvent.Placed(id()));
      }
      case Frame.Attached attached -> attached(attached);
      case Frame.Disconnected end -> batch.add(new ReaderEvent.Ended(end.error()));
      case Frame.Connected none -> {}
      case Frame.Closed none -> {}
      case Frame.Sync none -> {}
      case Frame.Annotations none -> {}
      case Frame.Objects none -> {}
      case Frame.ObjectSync none -> {}
      case Frame.Heartbeat none -> {}
      case Frame.Auth none -> throw unexpected(none);
      case Frame.Detached none -> throw unexpected(none);
      case Frame.ProtocolError none -> throw unexpected(none);
      case Frame.Ack none -> throw unexpected(none);
      case Frame.Nack none -> throw unexpected(none);
      case Frame.Attach none -> throw unexpected(none);
      case Frame.Detach none -> throw unexpected(none);
      case Frame.Close none -> throw unexpected(none);
      case Frame.Disconnect none -> throw unexpected(none);
      case Frame.Unknown none -> throw unexpected(none);
    }
  }

  private Broken unexpected(Frame frame) {
    return new Broken("no errors", "the node sent " + reader.name() + " " + frame);
  }

  private void messages(Frame.Messages frame) {
    List<Message> messages = frame.messages();
    for (int i = 0; i < messages.size(); i++) {
      if (i == messages.size() - 1) {
        // those before it come again, should the reader not get so far
        moved(frame.channel(), frame.channelSerial());
      }
      batch.add(
          new ReaderEvent.Told(id(), frame.channel(), messages.get(i), frame.channelSerial()));
    }
  }

  private void attached(Frame.Attached frame) {
    moved(frame.channel(), frame.channelSerial());
    Cursor at = Cursor.parse(frame.channelSerial());
    batch.add(
        (frame.flags() & Flags.RESUMED) == 0
            ? new ReaderEvent.BeginsAnew(frame.channel(), at, frame.error())
            : new ReaderEvent.GoesOn(frame.channel(), at));
    String id = id();
    if (id != null && !placed) {
      placed = true;
      batch.add(new ReaderEvent.Placed(id));
    }
  }

  private void moved(String channel, @Nullable String place) {
    if (place != null) {
      places.put(channel, place);
    }
  }

  /** What to go on from; null until it has a place on every channel. */
  private @Nullable String id() {
    return places.size() < reader.channels().size() ? null : String.join(BETWEEN, places.values());
  }

  @Override
  public void flush() {
    int bytes = batchBytes;
    batchBytes = 0;
    if (closing || batch.isEmpty()) {
      batch.clear();
      return;
    }
    inFlight += bytes;
    for (ReaderEvent event : batch) {
      if (!severed) {
        down.execute(() -> reader.received(this, event));
      }
    }
    if (!severed) {
      down.execute(() -> left(bytes));
    }
    batch.clear();
  }

  private void left(int bytes) {
    boolean before = writable();
    inFlight -= bytes;
    if (!before && writable() && !closing) {
      loop.execute(
          () -> {
            if (link != null && !closing) {
              link.writabilityChanged();
            }
          });
    }
  }

  @Override
  public void ping() {
    // that it takes what it is sent is its sign of life
    if (link != null && writable() && !silent) {
      link.alive();
    }
  }

  @Override
  public void reading(boolean on) {
    // there is nothing to be read
  }

  @Override
  public void close() {
    if (!closing) {
      flush();
      closing = true;
      if (!severed) {
        down.execute(this::gone);
      }
    }
  }
}

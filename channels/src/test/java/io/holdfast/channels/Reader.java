package io.holdfast.channels;

import io.holdfast.fold.Owner;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A client as its SDK is: keeps the last channelSerial, and every message as deltas and wholes have
 * made it. A delta of a message it does not hold fails the test.
 */
final class Reader implements Subscriber {
  final House house;
  final String connection;
  final List<Frame> frames = new ArrayList<>();
  final Replica replica = new Replica();
  final TreeMap<String, String> texts = new TreeMap<>();
  final TreeMap<String, String> summaries = new TreeMap<>();
  final List<String> arrivals = new ArrayList<>();
  boolean writable = true;
  boolean echo = true;
  @Nullable String serial;
  @Nullable Attachment attachment;
  @Nullable ErrorInfo overrun;
  private Executor executor;

  Reader(House house, String connection) {
    this.house = house;
    this.connection = connection;
    this.executor = house.world.thread();
  }

  @Override
  public Executor executor() {
    return executor;
  }

  @Override
  public boolean writable() {
    return writable;
  }

  @Override
  public void send(SharedFrame shared) {
    Frame frame = shared.frame();
    frames.add(frame);
    replica.hear(frame);
    switch (frame) {
      case Frame.Attached attached -> serial = attached.channelSerial();
      case Frame.Messages messages -> {
        messages.messages().forEach(this::apply);
        serial = messages.channelSerial() == null ? serial : messages.channelSerial();
      }
      case Frame.Presence presence -> serial = presence.channelSerial();
      case Frame.Annotations annotations -> serial = annotations.channelSerial();
      case Frame.Objects objects -> serial = objects.channelSerial();
      default -> {}
    }
  }

  private void apply(Message message) {
    if (message.action() == MessageAction.META) {
      return;
    }
    String name = Objects.requireNonNull(message.serial());
    Data data = message.data();
    String text = data == null ? "" : data.asText();
    if (message.summary() != null) {
      summaries.put(name, message.summary());
    }
    if (message.action() == MessageAction.SUMMARY) {
      return;
    }
    arrivals.add(message.action() + " " + text);
    switch (message.action()) {
      case APPEND -> {
        String held = texts.get(name);
        if (held == null) {
          throw new AssertionError("a delta of a message that is not held: " + message);
        }
        texts.put(name, held + text);
      }
      default -> texts.put(name, text);
    }
  }

  @Override
  public void flush() {}

  @Override
  public void overrun(ErrorInfo why) {
    overrun = why;
  }

  /** The socket has room again. */
  void room() {
    writable = true;
    if (attachment != null) {
      attachment.writable();
    }
    house.world.run();
  }

  void attach(@Nullable String from, @Nullable Rewind rewind, @Nullable Holding held, long modes) {
    attach(from, rewind, held, modes, new Owner("client", 1));
  }

  private void attach(
      @Nullable String from,
      @Nullable Rewind rewind,
      @Nullable Holding held,
      long modes,
      Owner owner) {
    house.channels.attach(
        House.ROOM,
        new AttachRequest(
            this,
            connection,
            View.of(House.ROOM.name(), modes, echo),
            from,
            rewind,
            held,
            owner,
            attached -> attachment = attached));
  }

  /** Attaches from where it was, on a transport that is to answer for its members. */
  void comeBack(Owner owner) {
    attach(serial, null, null, Flags.DEFAULT_MODES, owner);
  }

  /** Attaches anew. */
  Reader attach() {
    return attach(Flags.DEFAULT_MODES);
  }

  Reader attach(long modes) {
    attach(null, null, null, modes);
    house.world.run();
    return this;
  }

  /** How many summaries came on their own. */
  long summed() {
    return all(Frame.Messages.class).stream()
        .flatMap(frame -> frame.messages().stream())
        .filter(message -> message.action() == MessageAction.SUMMARY)
        .count();
  }

  /** The transport is lost: what the client holds stays on the node. */
  Holding lose() {
    Attachment lost = Objects.requireNonNull(attachment);
    Holding holding = lost.end();
    house.channels.dropped(House.ROOM, lost);
    house.world.run();
    executor = house.world.thread();
    writable = true;
    overrun = null;
    frames.clear();
    arrivals.clear();
    return holding;
  }

  /** Attaches from where it was. */
  Reader resume(@Nullable Holding held) {
    attach(serial, null, held, Flags.DEFAULT_MODES);
    house.world.run();
    return this;
  }

  Frame.Attached attached() {
    return all(Frame.Attached.class).getLast();
  }

  boolean resumed() {
    return (attached().flags() & Flags.RESUMED) != 0;
  }

  <T extends Frame> List<T> all(Class<T> kind) {
    return frames.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Attaches anew and wants to know who else is there. */
  Reader watch(String occupancy) {
    View view =
        new View(
            House.ROOM.name(),
            Flags.DEFAULT_MODES,
            true,
            Map.of(),
            false,
            false,
            null,
            occupancy,
            null);
    house.channels.attach(
        House.ROOM,
        new AttachRequest(
            this, connection, view, null, null, null, House.OWNER, a -> attachment = a));
    house.world.run();
    return this;
  }

  /** What it was told of those who are there. */
  List<String> occupancies() {
    return all(Frame.Messages.class).stream()
        .flatMap(frame -> frame.messages().stream())
        .filter(message -> "[meta]occupancy".equals(message.name()))
        .map(message -> Objects.requireNonNull(message.data()).asText())
        .toList();
  }

  /** Each message as this client has it, oldest first. */
  List<String> has() {
    return List.copyOf(texts.values());
  }
}

package io.holdfast.connections;

import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A client on one transport; {@link #next} is the same client on its next transport. */
final class Client implements Transport {
  final Lobby lobby;
  final List<Frame> frames = new ArrayList<>();
  private final Access access;
  private final Executor executor;
  private Link link = new Nowhere();
  boolean reading = true;
  boolean writable = true;
  boolean closed;
  int pings;
  int window;
  int remainPresentFor = ConnectRequest.MAX_REMAIN_PRESENT;
  boolean echo = true;
  boolean heartbeats = true;
  long number;

  Client(Lobby lobby, Access access) {
    this.lobby = lobby;
    this.access = access;
    this.executor = lobby.world.thread();
  }

  /** A socket that is not open yet. */
  private static final class Nowhere implements Link {
    @Override
    public void received(Decoded decoded, int bytes) {
      throw new AssertionError("not connected");
    }

    @Override
    public void writabilityChanged() {}

    @Override
    public void alive() {}

    @Override
    public void lost() {}
  }

  // ---- the socket ----

  @Override
  public Executor executor() {
    return executor;
  }

  @Override
  public Format format() {
    return Format.JSON;
  }

  @Override
  public boolean writable() {
    return writable;
  }

  @Override
  public void write(SharedFrame frame) {
    if (!closed) {
      frames.add(frame.frame());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void ping() {
    pings++;
  }

  @Override
  public void reading(boolean on) {
    reading = on;
  }

  @Override
  public void close() {
    closed = true;
  }

  // ---- connecting ----

  /** Opens without waiting for anything. */
  Client open(@Nullable String resume, @Nullable String recover) {
    executor.execute(
        () ->
            link =
                lobby.connections.open(
                    this,
                    new ConnectRequest(
                        access, echo, heartbeats, resume, recover, window, remainPresentFor)));
    return this;
  }

  Client connect() {
    open(null, null);
    lobby.world.run();
    return this;
  }

  Client resume(Client before) {
    number = before.number;
    open(before.key(), null);
    lobby.world.run();
    return this;
  }

  Client recover(Client before) {
    open(null, before.key());
    lobby.world.run();
    return this;
  }

  /** The same client on another transport, with the connection resumed. */
  Client next() {
    return like().resume(this);
  }

  /** The same client on another transport that is not open. */
  Client like() {
    Client other = new Client(lobby, access);
    other.window = window;
    other.remainPresentFor = remainPresentFor;
    other.echo = echo;
    return other;
  }

  /** The socket breaks. */
  Client cut() {
    executor.execute(() -> link.lost());
    closed = true;
    lobby.world.run();
    return this;
  }

  Client writable(boolean on) {
    writable = on;
    executor.execute(() -> link.writabilityChanged());
    lobby.world.run();
    return this;
  }

  void alive() {
    executor.execute(() -> link.alive());
    lobby.world.run();
  }

  /** Time passes and the client answers pings. */
  void live(long ms) {
    for (long left = ms; left > 0; left -= 5_000) {
      lobby.world.pass(Math.min(left, 5_000));
      alive();
    }
  }

  Frame.Connected connected() {
    return last(Frame.Connected.class);
  }

  String id() {
    return connected().connectionId();
  }

  String key() {
    return connected().details().connectionKey();
  }

  // ---- frames ----

  /** Hands in a frame without waiting for anything. */
  Client put(Frame frame) {
    return put(new Decoded.Ok(frame), 100);
  }

  Client put(Decoded decoded, int bytes) {
    executor.execute(
        () -> {
          if (!closed) {
            link.received(decoded, bytes);
          }
        });
    return this;
  }

  Client send(Frame frame) {
    put(frame);
    lobby.world.run();
    return this;
  }

  Client attach(String channel) {
    return attach(channel, null, Map.of());
  }

  Client attach(String channel, @Nullable String from, Map<String, String> params) {
    return send(new Frame.Attach(channel, from, 0, params));
  }

  static Message message(
      MessageAction action, @Nullable String serial, @Nullable String id, @Nullable String text) {
    return new Message(
        action,
        id,
        null,
        text == null ? null : Data.text(text),
        null,
        null,
        null,
        null,
        0,
        null,
        serial,
        null);
  }

  static Frame.Messages messages(String channel, long msgSerial, Message... messages) {
    return new Frame.Messages(channel, List.of(messages), msgSerial, null, null, null, 0, Map.of());
  }

  Client publish(String channel, String text) {
    return put(messages(channel, number++, message(MessageAction.CREATE, null, null, text)));
  }

  Client append(String channel, String serial, String text) {
    return put(messages(channel, number++, message(MessageAction.APPEND, serial, null, text)));
  }

  /** Publishes, waits, and tells the serial. */
  String published(String channel, String text) {
    publish(channel, text);
    lobby.world.run();
    Frame.Ack ack = last(Frame.Ack.class);
    return Objects.requireNonNull(ack.results().getLast().serials().getFirst());
  }

  /** Counts one for a message. */
  Client annotate(String channel, String serial) {
    Annotation annotation =
        new Annotation(
            AnnotationAction.CREATE,
            null,
            null,
            null,
            "seen",
            1,
            null,
            null,
            0,
            null,
            serial,
            "n:total.v1",
            null);
    return send(new Frame.Annotations(channel, List.of(annotation), number++, null, null, null, 0));
  }

  Client presence(String channel, PresenceAction action, @Nullable String clientId) {
    PresenceMessage message =
        new PresenceMessage(action, null, clientId, null, null, null, null, 0);
    return put(new Frame.Presence(channel, List.of(message), number++, null, null, null, 0));
  }

  Client enter(String channel) {
    presence(channel, PresenceAction.ENTER, null);
    lobby.world.run();
    return this;
  }

  // ---- what came ----

  <T extends Frame> List<T> all(Class<T> kind) {
    return frames.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  <T extends Frame> T last(Class<T> kind) {
    List<T> all = all(kind);
    if (all.isEmpty()) {
      throw new AssertionError("no " + kind.getSimpleName() + " in " + frames);
    }
    return all.getLast();
  }

  /** The texts of messages that came, in order. */
  List<String> heard() {
    List<String> heard = new ArrayList<>();
    for (Frame.Messages frame : all(Frame.Messages.class)) {
      for (Message message : frame.messages()) {
        Data data = message.data();
        heard.add(message.action() + " " + (data == null ? "" : data.asText()));
      }
    }
    return heard;
  }

  boolean attachedAndResumed() {
    return (last(Frame.Attached.class).flags() & Flags.RESUMED) != 0;
  }

  /** The last channelSerial that a channel's frames carried. */
  String place(String channel) {
    String place = null;
    for (Frame frame : frames) {
      String next =
          switch (frame) {
            case Frame.Attached f when f.channel().equals(channel) -> f.channelSerial();
            case Frame.Messages f when f.channel().equals(channel) -> f.channelSerial();
            case Frame.Presence f when f.channel().equals(channel) -> f.channelSerial();
            default -> null;
          };
      place = next == null ? place : next;
    }
    return Objects.requireNonNull(place);
  }

  /** What it was sent away with. */
  int disconnectedWith() {
    ErrorInfo error = Objects.requireNonNull(last(Frame.Disconnected.class).error());
    return error.code();
  }

  int refusedWith() {
    return last(Frame.Nack.class).error().code();
  }

  /** ACKs and NACKs as text, such as {@code +0 2}, {@code -3 1}. */
  List<String> answers() {
    List<String> answers = new ArrayList<>();
    for (Frame frame : frames) {
      if (frame instanceof Frame.Ack ack) {
        answers.add("+" + ack.msgSerial() + " " + ack.count());
      } else if (frame instanceof Frame.Nack nack) {
        answers.add("-" + nack.msgSerial() + " " + nack.count());
      }
    }
    return answers;
  }
}

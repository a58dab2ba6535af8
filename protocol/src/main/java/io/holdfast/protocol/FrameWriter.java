package io.holdfast.protocol;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes frames, one line per field in wire order. */
final class FrameWriter {
  private FrameWriter() {}

  static void write(WireWriter out, Frame frame) throws IOException {
    out.open();
    switch (frame) {
      case Frame.Heartbeat heartbeat -> {
        action(out, Actions.HEARTBEAT);
        out.text("id", heartbeat.id());
      }
      case Frame.Ack ack -> {
        action(out, Actions.ACK);
        out.number("msgSerial", ack.msgSerial());
        out.number("count", ack.count());
        if (!ack.results().isEmpty()) {
          out.list("res", ack.results(), ItemWriter::result);
        }
      }
      case Frame.Nack nack -> {
        action(out, Actions.NACK);
        out.number("msgSerial", nack.msgSerial());
        out.number("count", nack.count());
        error(out, nack.error());
      }
      case Frame.Connected connected -> {
        action(out, Actions.CONNECTED);
        out.text("connectionId", connected.connectionId());
        ItemWriter.connectionDetails(out, connected.details());
        error(out, connected.error());
      }
      case Frame.Disconnect unused -> action(out, Actions.DISCONNECT);
      case Frame.Disconnected disconnected -> {
        action(out, Actions.DISCONNECTED);
        error(out, disconnected.error());
      }
      case Frame.Close unused -> action(out, Actions.CLOSE);
      case Frame.Closed unused -> action(out, Actions.CLOSED);
      case Frame.ProtocolError error -> {
        action(out, Actions.ERROR);
        out.text("channel", error.channel());
        error(out, error.error());
      }
      case Frame.Auth auth -> auth(out, auth);
      case Frame.Attach attach -> attach(out, attach);
      case Frame.Attached attached -> attached(out, attached);
      case Frame.Detach detach -> channel(out, Actions.DETACH, detach.channel());
      case Frame.Detached detached -> {
        channel(out, Actions.DETACHED, detached.channel());
        error(out, detached.error());
      }
      case Frame.Presence presence -> presence(out, presence);
      case Frame.Messages messages -> messages(out, messages);
      case Frame.Objects objects -> objects(out, objects);
      case Frame.ObjectSync sync -> {
        channel(out, Actions.OBJECT_SYNC, sync.channel());
        out.text("channelSerial", sync.channelSerial());
        out.list("state", sync.state(), ObjectWriter::message);
      }
      case Frame.Annotations annotations -> annotations(out, annotations);
      case Frame.Sync sync -> {
        channel(out, Actions.SYNC, sync.channel());
        out.text("channelSerial", sync.channelSerial());
        out.list("presence", sync.presence(), ItemWriter::presence);
      }
      case Frame.Unknown unknown -> {
        channel(out, unknown.action(), unknown.channel());
        msgSerial(out, unknown.msgSerial());
      }
    }
    out.close();
  }

  private static void auth(WireWriter out, Frame.Auth auth) throws IOException {
    action(out, Actions.AUTH);
    if (auth.accessToken() != null) {
      out.open("auth");
      out.text("accessToken", auth.accessToken());
      out.close();
    }
  }

  private static void attach(WireWriter out, Frame.Attach attach) throws IOException {
    channel(out, Actions.ATTACH, attach.channel());
    out.text("channelSerial", attach.channelSerial());
    out.numberUnlessZero("flags", attach.flags());
    out.params("params", attach.params());
  }

  private static void attached(WireWriter out, Frame.Attached attached) throws IOException {
    channel(out, Actions.ATTACHED, attached.channel());
    out.text("channelSerial", attached.channelSerial());
    out.numberUnlessZero("flags", attached.flags());
    out.params("params", attached.params());
    error(out, attached.error());
  }

  private static void presence(WireWriter out, Frame.Presence presence) throws IOException {
    channel(out, Actions.PRESENCE, presence.channel());
    out.text("id", presence.id());
    out.text("channelSerial", presence.channelSerial());
    out.text("connectionId", presence.connectionId());
    msgSerial(out, presence.msgSerial());
    out.numberUnlessZero("timestamp", presence.timestamp());
    out.list("presence", presence.presence(), ItemWriter::presence);
  }

  private static void messages(WireWriter out, Frame.Messages messages) throws IOException {
    channel(out, Actions.MESSAGE, messages.channel());
    out.text("id", messages.id());
    out.text("channelSerial", messages.channelSerial());
    out.text("connectionId", messages.connectionId());
    msgSerial(out, messages.msgSerial());
    out.numberUnlessZero("timestamp", messages.timestamp());
    out.params("params", messages.params());
    out.list("messages", messages.messages(), ItemWriter::message);
  }

  private static void annotations(WireWriter out, Frame.Annotations annotations)
      throws IOException {
    channel(out, Actions.ANNOTATION, annotations.channel());
    out.text("id", annotations.id());
    out.text("channelSerial", annotations.channelSerial());
    out.text("connectionId", annotations.connectionId());
    msgSerial(out, annotations.msgSerial());
    out.numberUnlessZero("timestamp", annotations.timestamp());
    out.list("annotations", annotations.annotations(), ItemWriter::annotation);
  }

  private static void objects(WireWriter out, Frame.Objects objects) throws IOException {
    channel(out, Actions.OBJECT, objects.channel());
    out.text("id", objects.id());
    out.text("channelSerial", objects.channelSerial());
    out.text("connectionId", objects.connectionId());
    msgSerial(out, objects.msgSerial());
    out.numberUnlessZero("timestamp", objects.timestamp());
    out.list("state", objects.state(), ObjectWriter::message);
  }

  private static void action(WireWriter out, int action) throws IOException {
    out.number("action", action);
  }

  private static void channel(WireWriter out, int action, @Nullable String channel)
      throws IOException {
    action(out, action);
    out.text("channel", channel);
  }

  /** -1 is absent; 0 is a serial like any other and must be there. */
  private static void msgSerial(WireWriter out, long msgSerial) throws IOException {
    if (msgSerial >= 0) {
      out.number("msgSerial", msgSerial);
    }
  }

  private static void error(WireWriter out, @Nullable ErrorInfo error) throws IOException {
    if (error != null) {
      out.field("error");
      ItemWriter.error(out, error);
    }
  }
}

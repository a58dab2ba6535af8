package io.holdfast.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.davidehrmann.vcdiff.VCDiffDecoderBuilder;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Extras;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages of differences as the SDKs do: over the data of the message read last, which must
 * have the id that the difference names. Nothing but a new process begins it anew.
 */
final class DeltaReader {
  private static final String STEP = "vcdiff";
  private static final String NOTE = "\"delta\":{\"from\":\"";

  private final String who;
  private final boolean wanted;
  private final Counts counts;
  private String id = "";
  private byte[] base = {};
  private boolean clouded;
  private @Nullable String serial;

  DeltaReader(String who, boolean wanted, Counts counts) {
    this.who = who;
    this.wanted = wanted;
    this.counts = counts;
  }

  void forget() {
    id = "";
    base = new byte[0];
    serial = null;
    clouded = false;
  }

  /** Something of the client's own goes wrong: the next difference is not read. */
  void cloud() {
    clouded = true;
  }

  /** Where it can go on from: the place of the last frame that it has read. */
  @Nullable String serial() {
    return serial;
  }

  /** The messages whole; null when they cannot be made. */
  @Nullable List<Message> read(Frame.Messages frame) {
    List<Message> messages = new ArrayList<>(frame.messages().size());
    for (Message message : frame.messages()) {
      if (!isDelta(message)) {
        messages.add(message);
      } else if (clouded) {
        counts.add(Happening.DECODE_FAILURE);
        clouded = false;
        return null;
      } else {
        String what = who + ": " + frame.id();
        DeltasTrue.wanted(wanted, what);
        messages.add(whole(message, what));
      }
      Data data = messages.getLast().data();
      int index = messages.size() - 1;
      id = message.id() == null ? frame.id() + ":" + index : message.id();
      base = data == null ? new byte[0] : data.toByteArray();
    }
    serial = frame.channelSerial();
    return messages;
  }

  private static boolean isDelta(Message message) {
    return message.encoding() != null && message.encoding().endsWith(STEP);
  }

  private Message whole(Message message, String what) {
    counts.add(Happening.DIFFERENCE);
    String json = message.extras() == null ? "" : message.extras().json();
    int note = json.lastIndexOf(NOTE);
    if (note < 0 || message.data() == null) {
      throw new Broken(DeltasTrue.NAME, what + " is a difference to nothing: " + message);
    }
    int from = note + NOTE.length();
    DeltasTrue.over(json.substring(from, json.indexOf('"', from)), id, what);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      VCDiffDecoderBuilder.builder().buildSimple().decode(base, message.data().toByteArray(), out);
    } catch (IOException | RuntimeException unreadable) {
      throw DeltasTrue.unreadable(what, unreadable);
    }
    return new Message(
        message.action(),
        message.id(),
        message.name(),
        Data.text(out.toString(UTF_8)),
        null,
        message.clientId(),
        message.connectionId(),
        message.connectionKey(),
        message.timestamp(),
        without(json, note),
        message.serial(),
        message.version(),
        message.summary());
  }

  /** The extras as they were before the server noted what a difference is to. */
  private static @Nullable Extras without(String json, int note) {
    String before = json.substring(0, note);
    return before.equals("{") ? null : Extras.of(before.substring(0, before.length() - 1) + "}");
  }
}

package io.holdfast.simulator;

import io.holdfast.fold.Cursor;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceMessage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client's end of a channel, as an SDK and an application above it that believes every frame:
 * what is created or updated replaces, what is appended is put behind.
 */
final class ClientChannel {
  enum State {
    DETACHED,
    ATTACHING,
    ATTACHED,
    DETACHING
  }

  private final Client client;
  private final String name;
  private final TrueChannel truth;
  private final Counts counts;
  private final Map<String, Copy> copies = new LinkedHashMap<>();
  private final Map<String, String> summaries = new HashMap<>();
  private final Map<String, Integer> ephemerals = new HashMap<>();
  private final Set<String> firstMet = new HashSet<>();
  private final OneOrderForAll order = new OneOrderForAll();
  private final PresenceMap presence = new PresenceMap();
  private final Map<String, PresenceMessage> own = new LinkedHashMap<>();
  private State state = State.DETACHED;
  private @Nullable String channelSerial;
  private @Nullable String attachSerial;
  private @Nullable Cursor since;
  private int rewind;
  private boolean enteringAtDetach;
  private long modes;

  ClientChannel(Client client, String name, TrueChannel truth, Counts counts) {
    this.client = client;
    this.name = name;
    this.truth = truth;
    this.counts = counts;
  }

  String name() {
    return name;
  }

  State state() {
    return state;
  }

  boolean attached() {
    return state == State.ATTACHED;
  }

  /** Whether the application wants it attached. */
  boolean wanted() {
    return state == State.ATTACHED || state == State.ATTACHING;
  }

  @Nullable String channelSerial() {
    return channelSerial;
  }

  @Nullable String attachSerial() {
    return attachSerial;
  }

  @Nullable Cursor since() {
    return since;
  }

  long modes() {
    return modes;
  }

  @Nullable Copy copy(String serial) {
    return copies.get(serial);
  }

  List<String> known() {
    return List.copyOf(copies.keySet());
  }

  PresenceMap presence() {
    return presence;
  }

  /** Members of this connection's own, to be entered again at every attach. */
  Map<String, PresenceMessage> own() {
    return own;
  }

  Frame.Attach attach(int rewound, long wantedModes) {
    state = State.ATTACHING;
    rewind = channelSerial == null ? rewound : 0;
    Map<String, String> params = rewind > 0 ? Map.of("rewind", String.valueOf(rewind)) : Map.of();
    return new Frame.Attach(name, channelSerial, wantedModes, params);
  }

  /** Asks again on the same transport: it stays attached and what is on its way is taken. */
  Frame.Attach renew() {
    return new Frame.Attach(name, channelSerial, 0, Map.of());
  }

  /** Attached, or detached while an ENTER was unanswered, which is sent again all the same. */
  boolean mayHaveMembers() {
    return attached() || enteringAtDetach;
  }

  Frame.Detach detach() {
    enteringAtDetach |= client.isEntering(name);
    state = State.DETACHING;
    return new Frame.Detach(name);
  }

  /** As after ERROR or DETACHED: nothing is known any more. */
  void forget() {
    state = State.DETACHED;
    channelSerial = null;
    since = null;
    copies.clear();
    summaries.clear();
    ephemerals.clear();
    firstMet.clear();
    presence.clear();
    own.clear();
    order.startAnew();
  }

  /** A new process begins where the one before was; all it has is the serial. */
  void recover(@Nullable String serial) {
    forget();
    channelSerial = serial;
    if (serial != null) {
      state = State.ATTACHING;
      since = Cursor.parse(serial);
    }
  }

  /** Tells whether own members are to be entered again. */
  boolean attached(Frame.Attached frame) {
    boolean resumed = (frame.flags() & Flags.RESUMED) != 0;
    boolean before = state == State.ATTACHED;
    if (state != State.ATTACHING && !before) {
      return false;
    }
    modes = frame.flags() & Flags.MODES;
    channelSerial = frame.channelSerial();
    if (resumed) {
      counts.add(Happening.RESUMED_ATTACHMENT);
    } else {
      counts.add(frame.error() == null ? Happening.ATTACH : Happening.LOST_CONTINUITY);
      attachSerial = frame.channelSerial();
      since = Cursor.parse(frame.channelSerial());
      copies.clear();
      firstMet.clear();
      order.startAnew();
    }
    state = State.ATTACHED;
    if (before && resumed) {
      return false;
    }
    if ((frame.flags() & Flags.HAS_PRESENCE) != 0) {
      presence.startSync();
    } else {
      presence.clear();
    }
    return true;
  }

  void messages(Frame.Messages frame) {
    if (state != State.ATTACHED) {
      return;
    }
    if (frame.channelSerial() != null) {
      channelSerial = frame.channelSerial();
    }
    for (Message message : frame.messages()) {
      if (message.summary() != null && message.serial() != null) {
        summary(message.serial(), message.summary());
      }
      if (message.action() == MessageAction.SUMMARY) {
        counts.add(Happening.SUMMARY);
        continue;
      }
      if (message.serial() == null || message.version() == null) {
        throw new Broken(ResumeNeverSkips.NAME, "a message without serial or version: " + message);
      }
      if (message.serial().indexOf('+') >= 0) {
        ephemeral(frame, message);
      } else {
        apply(frame, message, message.serial(), String.valueOf(message.version().serial()));
      }
    }
  }

  private void summary(String serial, String summary) {
    String what = client.name() + "'s copy of " + name + " " + serial;
    TrueMessage original = truth.message(serial);
    if (original == null) {
      throw new Broken(Durability.NAME, what + " is summarised and not durable");
    }
    SummariesTrue.everWas(original, summary, what);
    summaries.put(serial, summary);
  }

  /** What it was told that annotations add up to, by message. */
  Map<String, String> summaries() {
    return summaries;
  }

  private void ephemeral(Frame.Messages frame, Message message) {
    String token = TrueChannel.text(message.data());
    if (frame.channelSerial() != null || truth.times(token) > 0) {
      throw new Broken(Durability.NAME, "an ephemeral message is stored: " + message);
    }
    ephemerals.merge(token, 1, Integer::sum);
  }

  private void apply(Frame.Messages frame, Message message, String serial, String version) {
    String what = client.name() + "'s copy of " + name + " " + serial;
    TrueMessage original = truth.message(serial);
    TrueVersion now = original == null ? null : original.version(version);
    if (original == null || now == null) {
      throw new Broken(Durability.NAME, what + ", version " + version + " is not durable");
    }
    Copy before = copies.get(serial);
    String text = TrueChannel.text(message.data());
    if (message.action() == MessageAction.APPEND) {
      text = FirstContactWhole.held(before, serial).text() + text;
      counts.add(Happening.DELTA);
    } else if (before == null && message.action() != MessageAction.CREATE) {
      counts.add(Happening.WHOLE_AT_FIRST_CONTACT);
    }
    ResumeNeverSkips.sameAs(now, text, what);
    ResumeNeverSkips.dressedAs(original, now, message, what);
    if (message.action() == MessageAction.CREATE && firstMet.add(serial) && before == null) {
      order.met(serial);
    }
    conflated(frame, message, version);
    String newest =
        before == null || before.newest().compareTo(version) < 0 ? version : before.newest();
    copies.put(serial, new Copy(text, version, newest));
  }

  private void conflated(Frame.Messages frame, Message message, String version) {
    String at = frame.channelSerial();
    if (message.action() != MessageAction.CREATE && at != null && !version.startsWith(at)) {
      counts.add(
          message.action() == MessageAction.APPEND
              ? Happening.CONFLATED_DELTA
              : Happening.CONFLATED_WHOLE);
    }
  }

  void presence(Frame.Presence frame, @Nullable String connectionId) {
    if (state == State.ATTACHED && frame.channelSerial() != null) {
      channelSerial = frame.channelSerial();
    }
    if (state == State.ATTACHED) {
      frame.presence().forEach(message -> member(message, connectionId));
    }
  }

  void sync(Frame.Sync frame, @Nullable String connectionId) {
    if (state != State.ATTACHED) {
      return;
    }
    presence.syncFrame(frame.channelSerial());
    frame.presence().forEach(message -> member(message, connectionId));
    if (frame.channelSerial() == null || frame.channelSerial().endsWith(":")) {
      presence.endSync();
    }
  }

  private void member(PresenceMessage message, @Nullable String connectionId) {
    presence.apply(message);
    if (message.connectionId() == null || !message.connectionId().equals(connectionId)) {
      return;
    }
    switch (message.action()) {
      case ENTER, PRESENT, UPDATE -> own.put(String.valueOf(message.clientId()), message);
      case LEAVE -> {
        if (!PresenceMap.synthesized(message)) {
          own.remove(String.valueOf(message.clientId()));
        }
      }
      case ABSENT -> {
        // only clients make these
      }
    }
  }
}

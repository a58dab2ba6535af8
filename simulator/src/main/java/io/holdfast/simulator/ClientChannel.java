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
  private final OwnPresence own = new OwnPresence();
  private State state = State.DETACHED;
  private @Nullable String channelSerial;
  private @Nullable String attachSerial;
  private @Nullable Cursor since;
  private int rewind;
  private long modes;
  private long deletedBefore;

  /**
   * How far it had been deleted when the client asked to go on: what goes later is nobody's hole.
   */
  private long deletedWhenAsked;

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

  /** What this client has said of its own presence. */
  OwnPresence own() {
    return own;
  }

  /** How often an ephemeral text has come. */
  int ephemeral(String token) {
    return ephemerals.getOrDefault(token, 0);
  }

  Frame.Attach attach(int rewound, long wantedModes) {
    state = State.ATTACHING;
    deletedWhenAsked = truth.deletedThrough();
    rewind = channelSerial == null ? rewound : 0;
    Map<String, String> params = rewind > 0 ? Map.of("rewind", String.valueOf(rewind)) : Map.of();
    return new Frame.Attach(name, channelSerial, wantedModes, params);
  }

  /**
   * Asks again on the same transport: it stays attached and what is on its way is taken.
   *
   * @param from whether it says where it is; else it begins anew
   */
  Frame.Attach renew(boolean from, int rewound) {
    Map<String, String> params = rewound > 0 ? Map.of("rewind", String.valueOf(rewound)) : Map.of();
    return new Frame.Attach(name, from ? channelSerial : null, 0, params);
  }

  Frame.Detach detach() {
    own.detached(client.isEntering(name));
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
    own.forget();
    order.startAnew();
  }

  /** A new process begins where the one before was; all it has is the serial. */
  void recover(@Nullable String serial) {
    forget();
    channelSerial = serial;
    if (serial != null) {
      state = State.ATTACHING;
      since = Cursor.parse(serial);
      // of an empty channel nobody can tell which one it was
      deletedBefore = since != null && since.position() > 0 ? 0 : truth.deletedThrough();
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
    if (resumed && !before) {
      Cursor from = Cursor.parse(frame.channelSerial());
      ResumeNeverSkips.noHole(truth, from, deletedBefore, deletedWhenAsked, client.name());
    }
    deletedBefore = truth.deletedThrough();
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
      deletedBefore = truth.deletedThrough();
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
    if (truth.deleted(serial)) {
      return;
    }
    if (truth.repeat(version)) {
      throw new Broken(NothingAppliedTwice.NAME, what + ", version " + version + " is a repeat");
    }
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
      deletedBefore = truth.deletedThrough();
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
      case ENTER, PRESENT, UPDATE -> own.here(message);
      case LEAVE -> {
        if (!PresenceMap.synthesized(message)) {
          own.left(message);
        }
      }
      case ABSENT -> {
        // only clients make these
      }
    }
  }
}

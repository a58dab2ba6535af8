package io.holdfast.simulator;

import io.holdfast.fold.Cursor;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.PresenceMessage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A client's end of a channel, as an SDK has it. */
final class ClientChannel {
  enum State {
    DETACHED,
    ATTACHING,
    ATTACHED,
    DETACHING
  }

  private final Client client;
  private final Look look;
  private final TrueChannel truth;
  private final Counts counts;
  private final Copies copies;
  private final DeltaReader deltas;
  private final PresenceMap presence = new PresenceMap();
  private final ObjectCopies objects;
  private final OwnPresence own = new OwnPresence();
  private State state = State.DETACHED;
  private @Nullable String channelSerial;
  private @Nullable String attachSerial;
  private int rewind;
  private long modes;
  private long deletedBefore;

  /**
   * How far it had been deleted when the client asked to go on: what goes later is nobody's hole.
   */
  private long deletedWhenAsked;

  /** Where it was when the client asked for it. */
  private Cursor asked;

  ClientChannel(Client client, Look look, TrueChannel truth, Counts counts) {
    this.client = client;
    this.look = look;
    this.truth = truth;
    this.asked = truth.end();
    this.counts = counts;
    this.copies = new Copies(client.name(), look, truth, counts, client::unheard);
    this.objects = new ObjectCopies(client.name() + " on " + look.given(), truth, counts);
    this.deltas = new DeltaReader(client.name() + " on " + look.given(), look.deltas(), counts);
  }

  /** The name it is attached by. */
  String name() {
    return look.given();
  }

  Look look() {
    return look;
  }

  TrueChannel truth() {
    return truth;
  }

  Copies copies() {
    return copies;
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

  /** The application asks for it before its client is connected. */
  void want() {
    state = State.ATTACHING;
  }

  @Nullable String channelSerial() {
    return channelSerial;
  }

  @Nullable String attachSerial() {
    return attachSerial;
  }

  @Nullable Cursor since() {
    return copies.since();
  }

  long modes() {
    return modes;
  }

  @Nullable Copy copy(String serial) {
    return copies.copy(serial);
  }

  List<String> known() {
    return copies.known();
  }

  PresenceMap presence() {
    return presence;
  }

  ObjectCopies objectCopies() {
    return objects;
  }

  /** What this client has said of its own presence. */
  OwnPresence own() {
    return own;
  }

  /** How often an ephemeral text has come. */
  int ephemeral(String token) {
    return copies.ephemeral(token);
  }

  Frame.Attach attach(int rewound) {
    state = State.ATTACHING;
    deletedWhenAsked = truth.deletedThrough();
    asked = truth.end();
    rewind = channelSerial == null ? rewound : 0;
    Map<String, String> params = rewind > 0 ? Map.of("rewind", String.valueOf(rewind)) : Map.of();
    count();
    return new Frame.Attach(look.given(), channelSerial, look.asks(), params);
  }

  /**
   * Asks again on the same transport: it stays attached and what is on its way is taken.
   *
   * @param from whether it says where it is; else it begins anew
   */
  Frame.Attach renew(boolean from, int rewound) {
    Map<String, String> params = rewound > 0 ? Map.of("rewind", String.valueOf(rewound)) : Map.of();
    return new Frame.Attach(look.given(), from ? channelSerial : null, look.asks(), params);
  }

  private void count() {
    if (look.sieve() != null) {
      counts.add(Happening.FILTERED_ATTACHMENT);
    }
    if (look.deltas()) {
      counts.add(Happening.DELTA_ATTACHMENT);
    }
    if (look.whole()) {
      counts.add(Happening.WHOLE_APPENDS);
    }
  }

  /** Something of its own goes wrong, for which it will have to ask again. */
  void cloud() {
    deltas.cloud();
  }

  Frame.Detach detach() {
    own.detached(client.isEntering(look.given()));
    state = State.DETACHING;
    return new Frame.Detach(look.given());
  }

  /** As after ERROR or DETACHED: nothing is known any more. */
  void forget() {
    state = State.DETACHED;
    channelSerial = null;
    copies.forget();
    presence.clear();
    objects.forget();
    own.forget();
  }

  /** A new process begins where the one before was; all it has is the serial. */
  void recover(@Nullable String serial) {
    forget();
    deltas.forget();
    channelSerial = serial;
    if (serial != null) {
      state = State.ATTACHING;
      Cursor since = Cursor.parse(serial);
      copies.beginAt(since);
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
    boolean wasDeaf = (modes & Flags.SUBSCRIBE) == 0;
    modes = frame.flags() & Flags.MODES;
    if (resumed && !before) {
      Cursor from = Cursor.parse(frame.channelSerial());
      ResumeNeverSkips.noHole(truth, from, deletedBefore, deletedWhenAsked, client.name());
    }
    deletedBefore = truth.deletedThrough();
    channelSerial = frame.channelSerial();
    if (resumed) {
      counts.add(Happening.RESUMED_ATTACHMENT);
      if (wasDeaf) {
        // what it may hear begins here, as its own presence may have moved it on meanwhile
        copies.beginAt(Cursor.parse(frame.channelSerial()));
      }
    } else {
      counts.add(frame.error() == null ? Happening.ATTACH : Happening.LOST_CONTINUITY);
      attachSerial = frame.channelSerial();
      Cursor begins = Cursor.parse(frame.channelSerial());
      if (client.amongNodes()) {
        NodesAbreast.begins(truth, asked, begins, client.name() + " on " + look.given());
      }
      copies.beginAt(Cursor.parse(frame.channelSerial()));
    }
    state = State.ATTACHED;
    objects.attached((frame.flags() & Flags.HAS_OBJECTS) != 0);
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
    List<Message> messages = deltas.read(frame);
    if (messages == null) {
      // what follows is thrown away until it has begun again behind what it could read
      channelSerial = deltas.serial();
      client.attach(this, 0);
      return;
    }
    if (frame.channelSerial() != null) {
      channelSerial = frame.channelSerial();
      deletedBefore = truth.deletedThrough();
    }
    copies.take(frame.channelSerial(), messages);
  }

  void presence(Frame.Presence frame, @Nullable String connectionId) {
    if (state == State.ATTACHED && frame.channelSerial() != null) {
      channelSerial = frame.channelSerial();
      deletedBefore = truth.deletedThrough();
    }
    if (state == State.ATTACHED && look.modes() == 0) {
      frame.presence().forEach(message -> member(message, connectionId));
    }
  }

  void objects(Frame.Objects frame) {
    if (state == State.ATTACHED) {
      if (frame.channelSerial() != null) {
        channelSerial = frame.channelSerial();
        deletedBefore = truth.deletedThrough();
      }
      objects.changed(frame);
    }
  }

  /** Only who hears of what it does itself makes it when it is acknowledged. */
  void objectsAcked(Operation operation, List<@Nullable String> serials) {
    if (look.objects()
        && client.echo()
        && (modes & Flags.OBJECT_SUBSCRIBE) != 0
        && name().equals(operation.channel())) {
      objects.acked(operation.objects(), serials);
    }
  }

  void objectSync(Frame.ObjectSync frame) {
    if (state == State.ATTACHED) {
      objects.sync(frame);
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

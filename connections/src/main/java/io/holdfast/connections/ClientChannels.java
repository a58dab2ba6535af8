package io.holdfast.connections;

import io.holdfast.channels.AttachRequest;
import io.holdfast.channels.Attachment;
import io.holdfast.channels.Holding;
import io.holdfast.channels.Seat;
import io.holdfast.channels.Subscriber;
import io.holdfast.channels.View;
import io.holdfast.fold.Cursor;
import io.holdfast.journal.ChannelId;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The channels a connection is attached to or may have members on. On the transport's executor. */
final class ClientChannels implements Subscriber {
  /** Every filter looks at every message of its channel. */
  private static final int MAX_FILTERS = 100;

  private final ClientLink link;
  private final Node node;
  private final Transport transport;
  private final ConnectRequest request;
  private final Identity identity;

  private final Map<String, Attached> attached = new HashMap<>();
  private final Entered present = new Entered();

  /** What the transport before has left, by channel, until it is attached again. */
  private final Map<String, Holding> inherited = new LinkedHashMap<>();

  /**
   * Channels whose DETACHED or ERROR waits until members have left for good: that, or what the
   * client has asked for meanwhile, which is answered instead.
   */
  private final Map<String, Frame> parting = new HashMap<>();

  /** An attachment asked for; set once the channel has answered. */
  private static final class Attached {
    private final Frame.Attach asked;
    private final long wanted;
    private final View view;
    private final @Nullable String presented;
    private final @Nullable Holding held;
    private final @Nullable String from;

    /** It begins anew though something was sent before: what its client holds is not known. */
    private final boolean anew;

    private @Nullable Attachment attachment;

    Attached(
        Frame.Attach frame,
        Viewing.Granted granted,
        @Nullable String from,
        @Nullable Holding held,
        @Nullable Attached before) {
      this.asked = withoutTheRest(frame, granted.view());
      this.wanted = granted.wanted();
      this.view = granted.view();
      this.presented = from;
      this.held = held;
      // a place that is owed a rewind says nothing of what was sent
      this.from = Cursor.owedSince(from) < 0 ? from : null;
      this.anew = from == null && before != null && (before.answered() || before.anew);
    }

    /** What was asked for, to be judged again: not where it was, nor what means nothing to us. */
    private static Frame.Attach withoutTheRest(Frame.Attach frame, View view) {
      Map<String, String> params = new LinkedHashMap<>(view.params());
      for (String param : Viewing.METADATA) {
        String value = frame.params().get(param);
        if (value != null) {
          params.put(param, value);
        }
      }
      return new Frame.Attach(frame.channel(), null, frame.flags(), params);
    }

    /**
     * Where a client goes on that attaches while this is its attachment, whether it presents a
     * place or not; null to begin anew, when this one has sent nothing, or nobody can tell what of
     * it was read.
     */
    private @Nullable String goingOnFrom(@Nullable String presented, View next) {
      if (attachment == null && anew) {
        return null;
      }
      if (!view.deltas() || !next.deltas()) {
        return sentThrough(presented);
      }
      if (attachment == null || !attachment.isBeyond(presented)) {
        // a difference could not be read: what followed was thrown away, up to an ATTACHED
        return presented;
      }
      return attachment.mayBeUnread() ? null : sentThrough(presented);
    }

    /** The last place that was sent, if it is behind the one presented; null for nothing yet. */
    private @Nullable String sentThrough(@Nullable String presented) {
      String sent = attachment == null ? presented : attachment.goingOnFrom(presented);
      // what the one before had sent further is on its way all the same
      boolean further =
          sent == null || (from != null && from.compareTo(sent) > 0) || Cursor.owedSince(sent) >= 0;
      return from != null && further ? from : sent;
    }

    /** Whether its ATTACHED has left: that of a client that reads slowly may still wait. */
    private boolean answered() {
      return attachment != null && attachment.goingOnFrom(null) != null;
    }

    /** Whether it was sent messages: what was created meanwhile is held only if so. */
    private boolean hears() {
      return (view.modes() & Flags.SUBSCRIBE) != 0;
    }
  }

  ClientChannels(
      ClientLink link, Node node, Transport transport, ConnectRequest request, Identity identity) {
    this.link = link;
    this.node = node;
    this.transport = transport;
    this.request = request;
    this.identity = identity;
  }

  private ChannelId id(String given) {
    return new ChannelId(link.access().app(), ChannelNames.plain(given));
  }

  private Seat seat(String given) {
    return new Seat(identity.connectionId(), given);
  }

  /** Takes over from the transport before; members it answered for get their grace anew. */
  void inherit(Remains remains) {
    if (remains.identity().incarnation() == identity.incarnation()) {
      inherited.putAll(remains.holdings());
    }
    present.addAll(remains.present());
    boolean elsewhere = remains.identity().owner().equals(identity.owner());
    // the node it was on before has its own eye on those that it answered for
    if (remains.present().size() > 0 && !elsewhere) {
      String app = link.access().app();
      node.timers()
          .after(
              request.remainPresentFor(),
              () -> {
                String connectionId = identity.connectionId();
                for (String channel : remains.present().channels()) {
                  ChannelId id = new ChannelId(app, channel);
                  node.channels().depart(id, connectionId, remains.identity().owner());
                }
              });
    }
  }

  /**
   * Whether the connection is attached without having asked for a mode. Whether it may have it is
   * for its credentials to say, which may have grown since.
   */
  boolean notAsked(String channel, long mode) {
    Attached place = attached.get(channel);
    return place != null && (place.wanted & mode) == 0;
  }

  /** It enters a channel, attached or not; why it cannot when it is on too many. */
  @Nullable ErrorInfo mayBePresent(String channel) {
    if (present.size() >= node.settings().maxChannels() && !present.by(channel)) {
      return tooMany();
    }
    present.add(channel);
    return null;
  }

  void attach(Frame.Attach frame) {
    String channel = frame.channel();
    ErrorInfo fault = ChannelNames.fault(channel);
    if (fault != null) {
      link.send(new Frame.ProtocolError(channel, fault));
      return;
    }
    if (parting.containsKey(channel)) {
      parting.put(channel, frame);
      return;
    }
    switch (judged(frame)) {
      case Viewing.Refused refused -> {
        letGo(channel);
        partOrTell(channel, frame, new Frame.ProtocolError(channel, refused.error()));
      }
      case Viewing.Granted granted -> attach(frame, granted);
    }
  }

  private void attach(Frame.Attach frame, Viewing.Granted granted) {
    View view = granted.view();
    String channel = frame.channel();
    Attached before = attached.get(channel);
    if (before == null && attached.size() >= node.settings().maxChannels()) {
      link.send(new Frame.ProtocolError(channel, tooMany()));
      return;
    }
    if (before == null && view.filter() != null && filters() >= MAX_FILTERS) {
      link.send(new Frame.ProtocolError(channel, tooManyFilters()));
      return;
    }
    String from = frame.channelSerial();
    if (before != null) {
      from = before.goingOnFrom(from, view);
    }
    if (frame.channelSerial() != null && goesOn()) {
      // it may have entered on an earlier run of the node, which has left us nothing
      present.guess(channel);
    }
    attach(frame, granted, from);
  }

  /** In place of the attachment before, if there is one. */
  private void attach(Frame.Attach frame, Viewing.Granted granted, @Nullable String from) {
    String channel = frame.channel();
    attach(frame, granted, from, inherited.remove(channel));
  }

  private void attach(
      Frame.Attach frame,
      Viewing.Granted granted,
      @Nullable String from,
      @Nullable Holding inheritance) {
    String channel = frame.channel();
    Attached before = attached.get(channel);
    Holding held = inheritance;
    if (before != null && before.attachment != null) {
      Holding ended = before.attachment.end();
      // one that goes on from further back may all the same have read what was on its way
      boolean read = before.answered() && before.hears();
      held = read && !granted.view().deltas() ? ended : null;
    }
    Attached place = new Attached(frame, granted, from, held, before);
    attached.put(channel, place);
    node.channels()
        .attach(
            id(channel),
            new AttachRequest(
                this,
                identity.connectionId(),
                granted.view(),
                from,
                rewinds(frame, from) ? granted.rewind() : null,
                held,
                identity.owner(),
                attachment -> answered(channel, place, attachment)));
  }

  /** A client that goes on does not begin in the past again, unless it was cut off before that. */
  private static boolean rewinds(Frame.Attach frame, @Nullable String from) {
    return (frame.flags() & Flags.ATTACH_RESUME) == 0 || Cursor.owedSince(from) >= 0;
  }

  private void answered(String channel, Attached place, Attachment attachment) {
    if (attached.get(channel) == place && !link.over()) {
      place.attachment = attachment;
    } else {
      attachment.end();
      if (link.over()) {
        node.channels().dropped(id(channel), attachment);
      }
    }
  }

  private long filters() {
    return attached.values().stream().filter(place -> place.view.filter() != null).count();
  }

  private static ErrorInfo tooManyFilters() {
    return ErrorCode.TOO_MANY_CHANNELS.info(
        "a connection can be attached to " + MAX_FILTERS + " derived channels at once");
  }

  private ErrorInfo tooMany() {
    return ErrorCode.TOO_MANY_CHANNELS.info(
        "a connection can be attached to " + node.settings().maxChannels() + " channels at once");
  }

  void detach(String channel) {
    inherited.remove(channel);
    if (parting.containsKey(channel)) {
      parting.put(channel, new Frame.Detach(channel));
      return;
    }
    Attached place = attached.remove(channel);
    if (place != null && place.attachment != null) {
      place.attachment.end();
    }
    ErrorInfo fault = ChannelNames.fault(channel);
    if (fault != null) {
      link.send(new Frame.ProtocolError(channel, fault));
      return;
    }
    Runnable answer = () -> transport.executor().execute(() -> detached(channel, null));
    boolean members = mayHaveMembers(channel);
    node.channels().detach(id(channel), seat(channel), members ? () -> {} : answer);
    if (members) {
      leave(channel, answer);
    }
  }

  private void detached(String channel, @Nullable ErrorInfo error) {
    Attached since = attached.get(channel);
    // one that has attached again and heard so would take it for the end of that
    if (!link.over() && (since == null || since.attachment == null)) {
      link.send(new Frame.Detached(channel, error));
    }
  }

  /**
   * Members leave for want of the right, and the client is told when they have for good: one that
   * was told before and came back after a crash would find itself there.
   *
   * @param answer what is told or answered then
   * @param told what is told at once if there are no members
   */
  private void partOrTell(String channel, Frame answer, Frame told) {
    if (!mayHaveMembers(channel)) {
      link.send(told);
    } else if (parting.size() < node.settings().maxChannels()) {
      part(channel, answer);
    } else {
      // one that asks for ever more channels which it may not have
      leave(channel, () -> {});
      link.send(told);
    }
  }

  private void part(String channel, Frame answer) {
    parting.put(channel, answer);
    leave(channel, () -> transport.executor().execute(() -> parted(channel)));
  }

  private void parted(String channel) {
    Frame answer = parting.remove(channel);
    if (answer == null || !link.hears()) {
      // it is being sent away, and what it has asked for lies unread
      return;
    }
    boolean lost = judged(new Frame.Attach(channel, null, 0, Map.of())) instanceof Viewing.Refused;
    if (lost && present.channelOf(channel) && present.remove(channel)) {
      // it was given the right meanwhile, has entered, and has lost it again
      part(channel, answer);
      return;
    }
    switch (answer) {
      case Frame.Attach again -> {
        switch (judged(again)) {
          case Viewing.Refused refused ->
              link.send(new Frame.ProtocolError(channel, refused.error()));
          case Viewing.Granted granted -> {
            // as it was not told that the one before has ended, it may still wait for its members
            link.send(new Frame.Sync(channel, "ended:", List.of()));
            attach(again, granted);
          }
        }
      }
      case Frame.Detach detach -> detached(channel, null);
      case Frame.ProtocolError error ->
          // upon DETACHED a client attaches again, upon an ERROR it does not
          link.send(lost ? error : new Frame.Detached(channel, null));
      default -> link.send(answer);
    }
  }

  private Viewing judged(Frame.Attach frame) {
    return Viewing.of(frame, link.access(), node.rules(), request.echo());
  }

  /** Ends an attachment without a word. */
  private void drop(String channel) {
    letGo(channel);
    if (mayHaveMembers(channel)) {
      leave(channel, () -> {});
    }
  }

  /** The same, and members stay. */
  private void letGo(String channel) {
    Attached place = attached.remove(channel);
    if (place != null) {
      if (place.attachment != null) {
        place.attachment.end();
      }
      node.channels().detach(id(channel), seat(channel), () -> {});
    }
  }

  private boolean goesOn() {
    return request.resume() != null || request.recover() != null;
  }

  /**
   * Whether letting a name go may leave members on its channel who are to leave: it was the last to
   * enter by, or nobody knows, as with those of an earlier run, and it is the plain one or no other
   * is attached.
   */
  private boolean mayHaveMembers(String given) {
    if (present.channelOf(given)) {
      return present.remove(given);
    }
    String channel = ChannelNames.plain(given);
    return goesOn()
        && (given.equals(channel)
            || attached.keySet().stream()
                .noneMatch(name -> ChannelNames.plain(name).equals(channel)));
  }

  private void leave(String channel, Runnable gone) {
    node.channels().leave(id(channel), identity.connectionId(), identity.owner(), gone);
  }

  void sync(String channel) {
    if (attached.containsKey(channel)) {
      node.channels().sync(id(channel), seat(channel));
    }
  }

  /** Asks for the shared objects again. */
  void syncObjects(String channel) {
    if (attached.containsKey(channel)) {
      node.channels().syncObjects(id(channel), seat(channel));
    }
  }

  /**
   * New credentials: channels they do not allow are lost. One that they no longer allow to be
   * heard, or now do, is detached, upon which clients attach again with what they are left or
   * given; one that may tell how many are on it, or no longer may, goes on with that; one that is
   * not attached yet is attached with what it may have now. The others stay as they are, since what
   * is sent is judged frame by frame.
   */
  void accessChanged() {
    for (Attached place : List.copyOf(attached.values())) {
      String channel = place.asked.channel();
      switch (judged(place.asked)) {
        case Viewing.Refused refused -> {
          letGo(channel);
          Frame told = new Frame.ProtocolError(channel, refused.error());
          partOrTell(channel, place.answered() ? told : place.asked, told);
        }
        case Viewing.Granted granted -> changed(place, granted);
      }
    }
  }

  private void changed(Attached place, Viewing.Granted granted) {
    String channel = place.asked.channel();
    long before = place.view.modes() & Viewing.HEARING;
    long now = granted.view().modes() & Viewing.HEARING;
    boolean others = !place.view.params().equals(granted.view().params());
    if (!place.answered()) {
      if (others || place.view.modes() != granted.view().modes()) {
        // its ATTACH is not answered yet, and is answered once, with what is granted by now
        attach(place.asked, granted, place.presented, place.held);
      }
    } else if (before != now) {
      ErrorInfo error = (before & ~now) != 0 ? Viewing.denied(channel) : null;
      letGo(channel);
      // one that attaches again would keep its members
      Frame told = new Frame.Detached(channel, error);
      if ((granted.view().modes() & Flags.PRESENCE) == 0) {
        partOrTell(channel, told, told);
      } else {
        link.send(told);
      }
    } else if (others) {
      attach(place.asked, granted, place.sentThrough(null));
    }
  }

  /** Runs a task behind what waits to be read of a channel, or at once. */
  void behind(String channel, Runnable task) {
    Attached place = attached.get(channel);
    if (place == null || place.attachment == null) {
      task.run();
    } else {
      place.attachment.behind(task);
    }
  }

  void drainBacklogs() {
    for (Attached place : List.copyOf(attached.values())) {
      if (place.attachment != null && transport.writable()) {
        place.attachment.writable();
      }
    }
  }

  /** The connection is closed: its members leave now. */
  void leaveAll() {
    List<String> channels = new ArrayList<>(attached.keySet());
    for (String channel : channels) {
      drop(channel);
    }
    for (String channel : present.channels()) {
      leave(channel, () -> {});
      present.removeChannelOf(channel);
    }
  }

  /** The transport is gone: ends the attachments and gives what the next one needs. */
  Remains remains(long unsureUntil) {
    int most = node.settings().maxChannels();
    // what it was on once and never came back to is forgotten first
    Map<String, Holding> holdings =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Holding> eldest) {
            return size() > most;
          }
        };
    holdings.putAll(inherited);
    attached.forEach(
        (channel, place) -> {
          if (place.attachment != null) {
            // one whose ATTACHED never left knows less than what the client may present
            boolean read = place.answered() && place.hears();
            Holding ended = place.attachment.end();
            if (read) {
              holdings.put(channel, ended);
            }
            node.channels().dropped(id(channel), place.attachment);
          }
        });
    attached.clear();
    Entered entered = new Entered();
    entered.addAll(present);
    return new Remains(identity, holdings, entered, unsureUntil);
  }

  // ---- as the attachments see it ----

  @Override
  public Executor executor() {
    return transport.executor();
  }

  @Override
  public boolean writable() {
    return transport.writable();
  }

  @Override
  public void send(SharedFrame frame) {
    link.write(frame);
  }

  @Override
  public void flush() {
    transport.flush();
  }

  @Override
  public void overrun(ErrorInfo why) {
    link.endTransport(why);
  }
}

package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.DataCost;
import io.holdfast.fold.Origin;
import io.holdfast.fold.Part;
import io.holdfast.fold.Publisher;
import io.holdfast.fold.Refusals;
import io.holdfast.fold.StoredMessage;
import io.holdfast.fold.Verdict;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceMessage;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes a client frame in, or says why not: repeats are answered with what they made, and what the
 * fold would refuse is refused early. Messages it judges by must be in memory. Of the channel's
 * lane.
 */
final class Admission {
  private final ChannelState state;
  private final Pending pending;
  private final Rollup rollup;
  private final Outbox outbox;
  private final Ephemerals ephemerals;
  private final Consumer<Part> mover;
  private final Predicate<Origin> inDoubt;

  /**
   * A channel's admission.
   *
   * @param mover moves members to the transport their connection has now
   * @param inDoubt whether a frame may be stored yet, from a try that was given up
   */
  Admission(
      ChannelState state,
      Pending pending,
      Rollup rollup,
      Outbox outbox,
      Ephemerals ephemerals,
      Consumer<Part> mover,
      Predicate<Origin> inDoubt) {
    this.state = state;
    this.pending = pending;
    this.rollup = rollup;
    this.outbox = outbox;
    this.ephemerals = ephemerals;
    this.mover = mover;
    this.inDoubt = inDoubt;
  }

  /** Whether a frame is new and what the fold would refuse. */
  boolean wouldRefuse(Submission submission) {
    Origin origin = submission.origin();
    return !unsure(submission)
        && pending.resent(origin) == null
        && state.knownBefore(origin) == null
        && judge(submission.part()) != null;
  }

  /** Whether the frame may be stored yet, from where its client was before or from here. */
  private boolean unsure(Submission submission) {
    return submission.unsure() || inDoubt.test(submission.origin());
  }

  void admit(Submission submission) {
    Origin origin = submission.origin();
    boolean unsure = unsure(submission);
    Ticket resent = pending.resent(origin);
    if (resent != null) {
      resent.addReply(submission.reply(), unsure);
      moveMembers(submission.part());
      return;
    }
    Verdict known = state.knownBefore(origin);
    if (known != null) {
      submission.reply().accept(known);
      moveMembers(submission.part());
      return;
    }
    if (submission.ephemeral() && ephemerals.repeated(origin)) {
      submission.reply().accept(Ephemerals.taken(submission.part()));
      return;
    }
    Ticket same = pending.sameKey(origin);
    if (same != null && submission.ephemeral()) {
      same.addReply(submission.reply(), unsure);
      return;
    }
    Publisher publisher = origin.publisher();
    if (publisher != null && !(submission.part() instanceof Part.Append)) {
      rollup.flush(publisher);
    }
    // the fold answers the second as it did the first, or takes it if that was refused: then it
    // must stand where its own publisher put it. It is stored until then, so that only somebody
    // else's try costs nothing: that of one who numbers the same ids anew is a way around rates
    boolean repeat = same != null && !sameConnection(origin, same.origin());
    ErrorInfo tooFast = repeat ? null : submission.toll().refusal();
    if (unsure) {
      if (tooFast != null) {
        submission.reply().accept(new Verdict.Unknown());
        return;
      }
    } else {
      ErrorInfo error = tooFast == null ? judge(submission.part()) : tooFast;
      if (error != null) {
        submission.reply().accept(new Verdict.Refused(error));
        return;
      }
    }
    take(submission, publisher, unsure);
  }

  private static boolean sameConnection(Origin one, Origin other) {
    return one.publisher() != null && one.publisher().equals(other.publisher());
  }

  /**
   * A presence frame that comes again, maybe from another transport: whichever it came from first,
   * from now on this one answers for its members.
   */
  private void moveMembers(Part part) {
    if (part instanceof Part.Presence presence) {
      PresenceMessage first = presence.messages().getFirst();
      mover.accept(new Part.Own(String.valueOf(first.connectionId()), presence.owner()));
    }
  }

  private void take(Submission submission, @Nullable Publisher publisher, boolean unsure) {
    Part part = submission.part();
    String target = ChannelState.target(part);
    int cost = part instanceof Part.Append append ? DataCost.of(piece(append)) : 0;
    Ticket ticket =
        new Ticket(part, submission.origin(), submission.bytes(), cost, submission.reply());
    if (unsure) {
      ticket.beUnsure();
    }
    pending.add(ticket);
    if (part instanceof Part.Append append && publisher != null) {
      rollup.append(publisher, append, ticket, submission.window());
      return;
    }
    if (target != null && !(part instanceof Part.Annotate)) {
      rollup.flushOthers(publisher, target);
    }
    if (submission.ephemeral() && part instanceof Part.Publish publish) {
      outbox.add(ephemerals.inPlace(publish, ticket, pending));
    } else {
      outbox.add(new Queued.ToCommit(part, List.of(ticket)));
    }
  }

  private @Nullable ErrorInfo judge(Part part) {
    return switch (part) {
      case Part.Mutate mutate ->
          Refusals.change(
              state.message(mutate.target()),
              mutate.target(),
              mutate.action(),
              mutate.author().clientId(),
              mutate.any());
      case Part.Append append -> judge(append);
      case Part.Annotate annotate ->
          Refusals.annotations(state.message(annotate.target()), annotate);
      case Part.Presence presence ->
          state.membersFit(presence.messages())
              ? null
              : Refusals.tooManyMembers(state.limits().maxMembers());
      case Part.Operate operate -> state.judge(operate);
      case Part.Publish publish -> null;
      case Part.Collect collect -> null;
      case Part.Expire expire -> null;
      case Part.Own own -> null;
      case Part.Depart depart -> null;
    };
  }

  private @Nullable ErrorInfo judge(Part.Append append) {
    StoredMessage message = state.message(append.target());
    ErrorInfo error =
        Refusals.change(
            message,
            append.target(),
            MessageAction.APPEND,
            append.author().clientId(),
            append.any());
    if (error != null || message == null) {
      return error;
    }
    int limit = state.limits().maxMessageBytes();
    Data piece = piece(append);
    int cost = message.costWith(append) + pending.dataCost(append.target()) + DataCost.of(piece);
    return cost > limit ? Refusals.tooLarge(limit) : null;
  }

  private static @Nullable Data piece(Part.Append append) {
    return append.pieces().getFirst().data();
  }
}

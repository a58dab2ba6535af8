package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.ChannelState.Extent;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.Entry;
import io.holdfast.fold.EntryCodec;
import io.holdfast.fold.Event;
import io.holdfast.fold.Part;
import io.holdfast.fold.Retold;
import io.holdfast.fold.StoredMessage;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.StoredEntry;
import io.holdfast.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives one attachment what it missed, from the log, page by page and no faster than it reads,
 * until what is left is in memory. Of the channel's lane.
 */
final class Replay {
  private static final int PAGE = 500;
  private static final int PAGE_BYTES = 256 * 1024;

  private final Channel handle;
  private final Journal journal;
  private final ChannelState state;
  private final Storing storing;
  private final Attachments.Place place;
  private final BooleanSupplier wanted;
  private final Consumer<Cursor> done;
  private final Predicate<Cursor> covered;
  private Cursor at;
  private long read;

  /**
   * A replay.
   *
   * @param done takes over from a cursor on, once {@code covered} says it can
   */
  Replay(
      Channel handle,
      Journal journal,
      ChannelState state,
      Storing storing,
      Attachments.Place place,
      BooleanSupplier wanted,
      Cursor at,
      Consumer<Cursor> done,
      Predicate<Cursor> covered) {
    this.handle = handle;
    this.journal = journal;
    this.state = state;
    this.storing = storing;
    this.place = place;
    this.wanted = wanted;
    this.at = at;
    // the cursor may stand inside an entry, which is then read once more
    this.read = at.position() - 1;
    this.done = done;
    this.covered = covered;
  }

  void next() {
    if (!wanted.getAsBoolean()) {
      return;
    }
    if (covered.test(at)) {
      done.accept(at);
      return;
    }
    handle.when(
        journal.read(handle.id(), read, Direction.FORWARDS, PAGE, PAGE_BYTES),
        (entries, failure) -> {
          if (failure != null) {
            handle.crash(failure);
          } else {
            // another node may have deleted some before they were read
            storing.refresh(() -> page(entries), handle::crash);
          }
        });
  }

  private void page(List<StoredEntry> entries) {
    if (!storing.keepsAllAfter(at)) {
      giveUp();
      return;
    }
    List<Step> steps = new ArrayList<>();
    Map<String, StoredMessage> known = new HashMap<>();
    Set<String> missing = new HashSet<>();
    long folded = state.end().position();
    for (StoredEntry stored : entries) {
      if (stored.position() <= folded) {
        collect(stored, steps, known, missing);
        read = stored.position();
      }
    }
    if (entries.isEmpty() || (read >= folded && steps.isEmpty())) {
      // nothing is left in the log before what is in memory
      at = state.end();
    }
    if (steps.isEmpty()) {
      handle.offer(open -> next());
      return;
    }
    storing.messages(
        missing,
        (messages, failure) -> {
          if (failure != null) {
            handle.crash(failure);
          } else {
            messages.forEach(known::putIfAbsent);
            tell(steps, known);
          }
        });
  }

  /** The log was shortened while a slow reader was on its way: it must ask anew where to go on. */
  private void giveUp() {
    Attachment attachment = place.attachment();
    place
        .executor()
        .execute(
            () -> {
              attachment.end();
              attachment
                  .subscriber()
                  .overrun(
                      ErrorCode.DISCONNECTED.info(
                          "what was still to be sent is no longer kept; connect again"));
            });
  }

  /** A part that was missed. */
  private record Step(Cursor cursor, long time, Part part, Extent extent) {}

  private void collect(
      StoredEntry stored, List<Step> steps, Map<String, StoredMessage> known, Set<String> missing) {
    Entry entry = EntryCodec.decode(stored.bytes());
    for (int frame = 0; frame < entry.parts().size(); frame++) {
      Cursor cursor = new Cursor(state.end().generation(), stored.position(), frame);
      if (cursor.compareTo(at) <= 0) {
        continue;
      }
      Part part = entry.parts().get(frame);
      // asked now: a checkpoint forgets it with the entry
      steps.add(new Step(cursor, stored.time(), part, state.extent(cursor)));
      String target = ChannelState.target(part);
      StoredMessage now = target == null ? null : state.message(target);
      if (target != null && now != null) {
        // kept, since it may leave memory before it is told
        known.put(target, now);
      } else if (target != null) {
        missing.add(target);
      }
    }
  }

  private void tell(List<Step> steps, Map<String, StoredMessage> known) {
    List<Event> events = new ArrayList<>();
    for (Step step : steps) {
      Event event = event(step, known);
      if (event != null) {
        events.add(event);
      }
      at = step.cursor();
    }
    List<Outgoing> page = Summaries.retold(handle.id().name(), events);
    Attachment attachment = place.attachment();
    Runnable done = () -> handle.offer(open -> next());
    place.executor().execute(() -> Pacing.events(attachment, page, done));
  }

  private @Nullable Event event(Step step, Map<String, StoredMessage> known) {
    if (step.extent() == Extent.NONE) {
      return null;
    }
    String target = ChannelState.target(step.part());
    StoredMessage newest = target == null ? null : state.message(target);
    StoredMessage now = newest == null && target != null ? known.get(target) : newest;
    return Retold.event(step.part(), step.cursor(), step.time(), now, step.extent() == Extent.SOME);
  }
}

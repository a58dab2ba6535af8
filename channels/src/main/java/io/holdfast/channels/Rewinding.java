package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.StoredMessage;
import io.holdfast.journal.Direction;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Begins an attachment with the newest messages, each as it stands. Of the channel's lane. The
 * frames carry the messages' own, older places, and the place before them says that they are owed:
 * a client that is cut off in between repeats and never skips.
 */
final class Rewinding {
  private final Channel handle;
  private final Attachments.Place place;
  private final Rewind rewind;
  private final Cursor at;
  private final BooleanSupplier wanted;
  private final Runnable then;
  private final Pages pages;
  private final long oldest;

  /**
   * A rewind.
   *
   * @param at where the attachment stands: what came later is not the past
   * @param oldest the oldest message's time at the earliest, ms
   * @param wanted whether the attachment is still there
   * @param then goes on from there
   */
  Rewinding(
      Channel handle,
      Services services,
      ChannelState state,
      Storing storing,
      Attachments.Place place,
      Rewind rewind,
      Cursor at,
      long oldest,
      BooleanSupplier wanted,
      Runnable then) {
    this.handle = handle;
    this.place = place;
    this.rewind = rewind;
    this.at = at;
    this.then = then;
    this.pages = new Pages(handle, services.journal(), state, storing);
    this.oldest = oldest;
    this.wanted = wanted;
  }

  /**
   * Reads them and tells them.
   *
   * @param found told before that whether there are any
   */
  void start(Consumer<Boolean> found) {
    find(null, rewind.most(), found);
  }

  /**
   * Goes back, page by page, to where they begin. Only what is one page is kept on the way: the
   * client gets the newest last, and no more than a page may wait for it here.
   *
   * @param after the oldest found so far; null for none
   * @param left how many more there may be
   */
  private void find(@Nullable String after, int left, Consumer<Boolean> found) {
    read(
        new HistoryQuery(oldest, Long.MAX_VALUE, left, Direction.BACKWARDS, at.toString(), after),
        page -> {
          boolean all = page.next() == null || page.items().size() == left;
          if (!all) {
            find(page.next(), left - page.items().size(), found);
            return;
          }
          found.accept(after != null || !page.items().isEmpty());
          if (after == null) {
            List<StoredMessage> messages = new ArrayList<>(page.items());
            Collections.reverse(messages);
            tell(messages, true, then);
          } else {
            next(page.items().isEmpty() ? after : page.items().getLast().serial(), null);
          }
        });
  }

  /**
   * Tells another page of them, in their order.
   *
   * @param first the oldest message that is wanted
   * @param after the last one told; null for none
   */
  private void next(String first, @Nullable String after) {
    // nothing can be asked for at a serial, only behind one: a little before it is near enough
    String from = after == null ? first.substring(0, first.length() - 1) : after;
    read(
        new HistoryQuery(
            oldest, Long.MAX_VALUE, Rewind.MAX, Direction.FORWARDS, at.toString(), from),
        page -> {
          List<StoredMessage> messages =
              page.items().stream().filter(m -> m.serial().compareTo(first) >= 0).toList();
          boolean last = page.next() == null;
          tell(messages, last, last ? then : () -> next(first, page.next()));
        });
  }

  private void read(HistoryQuery query, Consumer<Page<StoredMessage>> use) {
    if (!wanted.getAsBoolean()) {
      return;
    }
    pages.messages(
        query,
        (page, failure) -> {
          if (failure == null) {
            use.accept(page);
          } else {
            handle.crash(failure);
          }
        });
  }

  /** One page; unless it is the last one, what has the place of its end may go on in the next. */
  private void tell(List<StoredMessage> messages, boolean lastPage, Runnable next) {
    Attachment attachment = place.attachment();
    String channel = attachment.view().name();
    List<Pacing.Piece> pieces = new ArrayList<>(messages.size());
    for (int i = 0; i < messages.size(); i++) {
      StoredMessage message = messages.get(i);
      Cursor made = Frames.createdAt(message);
      boolean last =
          i + 1 == messages.size() ? lastPage : !Frames.createdAt(messages.get(i + 1)).equals(made);
      SharedFrame frame = new SharedFrame(Frames.whole(channel, message, last ? made : null));
      Runnable delivery = () -> attachment.rewound(message, frame, at);
      pieces.add(new Pacing.Piece(delivery, message.weight()));
    }
    Runnable done = () -> handle.offer(open -> next.run());
    place.executor().execute(() -> Pacing.deliver(attachment, pieces, done));
  }
}

package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.StoredMessage;
import io.holdfast.journal.Direction;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

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
  private final Runnable then;
  private final Pages pages;
  private final long oldest;

  /**
   * A rewind.
   *
   * @param at where the attachment stands: what came later is not the past
   * @param oldest the oldest message's time at the earliest, ms
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
      Runnable then) {
    this.handle = handle;
    this.place = place;
    this.rewind = rewind;
    this.at = at;
    this.then = then;
    this.pages = new Pages(handle, services.journal(), state, storing);
    this.oldest = oldest;
  }

  /**
   * Reads them and tells them.
   *
   * @param found told before that whether there are any
   */
  void start(Consumer<Boolean> found) {
    HistoryQuery query =
        new HistoryQuery(
            oldest, Long.MAX_VALUE, rewind.most(), Direction.BACKWARDS, at.toString(), null);
    pages.messages(
        query,
        (page, failure) -> {
          if (failure != null) {
            handle.crash(failure);
          } else {
            List<StoredMessage> messages = new ArrayList<>(page.items());
            Collections.reverse(messages);
            found.accept(!messages.isEmpty());
            tell(messages);
          }
        });
  }

  private void tell(List<StoredMessage> messages) {
    Attachment attachment = place.attachment();
    String channel = attachment.view().name();
    List<Pacing.Piece> pieces = new ArrayList<>(messages.size());
    for (int i = 0; i < messages.size(); i++) {
      StoredMessage message = messages.get(i);
      Cursor made = Frames.createdAt(message);
      boolean last =
          i + 1 == messages.size() || !Frames.createdAt(messages.get(i + 1)).equals(made);
      SharedFrame frame = new SharedFrame(Frames.whole(channel, message, last ? made : null));
      Runnable delivery = () -> attachment.rewound(message, frame, at);
      pieces.add(new Pacing.Piece(delivery, message.weight()));
    }
    Runnable done = () -> handle.offer(open -> then.run());
    place.executor().execute(() -> Pacing.deliver(attachment, pieces, done));
  }
}

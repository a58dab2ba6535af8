package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.StoredMessage;
import io.holdfast.journal.Direction;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Begins an attachment with the newest messages, each as it stands. Of the channel's lane. The
 * frames carry the messages' own, older places: a client that is cut off in between repeats and
 * never skips.
 */
final class Rewinding {
  private final Channel handle;
  private final ChannelState state;
  private final Attachments.Place place;
  private final Rewind rewind;
  private final BiConsumer<Attachments.Place, List<Outgoing>> live;
  private final Pages pages;
  private final long oldest;

  Rewinding(
      Channel handle,
      Services services,
      ChannelState state,
      Storing storing,
      Attachments.Place place,
      Rewind rewind,
      BiConsumer<Attachments.Place, List<Outgoing>> live) {
    this.handle = handle;
    this.state = state;
    this.place = place;
    this.rewind = rewind;
    this.live = live;
    this.pages = new Pages(handle, services.journal(), state, storing);
    this.oldest = rewind.millis() > 0 ? services.timers().now() - rewind.millis() : 0;
  }

  void start() {
    int limit = rewind.count() > 0 ? Math.min(rewind.count(), Rewind.MAX) : Rewind.MAX;
    HistoryQuery query =
        new HistoryQuery(oldest, Long.MAX_VALUE, limit, Direction.BACKWARDS, null, null);
    pages.messages(
        query,
        (page, failure) -> {
          if (failure != null) {
            handle.crash(failure);
          } else {
            List<StoredMessage> messages = new ArrayList<>(page.items());
            Collections.reverse(messages);
            tell(messages);
          }
        });
  }

  private void tell(List<StoredMessage> messages) {
    String channel = handle.id().name();
    Cursor end = state.end();
    Attachment attachment = place.attachment();
    List<SharedFrame> frames = new ArrayList<>(messages.size());
    for (int i = 0; i < messages.size(); i++) {
      Cursor at = Frames.createdAt(messages.get(i));
      boolean last = i + 1 == messages.size() || !Frames.createdAt(messages.get(i + 1)).equals(at);
      frames.add(new SharedFrame(Frames.whole(channel, messages.get(i), last ? at : null)));
    }
    place
        .executor()
        .execute(
            () -> {
              for (int i = 0; i < frames.size(); i++) {
                attachment.rewound(messages.get(i), end, frames.get(i));
              }
            });
    live.accept(place, List.of());
  }
}

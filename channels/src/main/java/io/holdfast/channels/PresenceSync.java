package io.holdfast.channels;

import io.holdfast.fold.Member;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.MessageSize;
import io.holdfast.protocol.PresenceMessage;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The members of a channel as SYNC frames. */
final class PresenceSync {
  private static final int PAGE_BYTES = 128 * 1024;

  private PresenceSync() {}

  /**
   * All members in pages.
   *
   * @param sequence names this sync to clients
   */
  static List<SharedFrame> pages(String channel, Collection<Member> members, String sequence) {
    List<List<PresenceMessage>> pages = new ArrayList<>();
    List<PresenceMessage> page = new ArrayList<>();
    long bytes = 0;
    for (Member member : members) {
      if (bytes > PAGE_BYTES) {
        pages.add(page);
        page = new ArrayList<>();
        bytes = 0;
      }
      page.add(member.message());
      bytes += MessageSize.of(member.message()) + 200;
    }
    pages.add(page);
    List<SharedFrame> frames = new ArrayList<>(pages.size());
    for (int i = 0; i < pages.size(); i++) {
      // an empty cursor says that this is the last page
      String cursor = i + 1 < pages.size() ? String.valueOf(i + 1) : "";
      frames.add(new SharedFrame(new Frame.Sync(channel, sequence + ":" + cursor, pages.get(i))));
    }
    return frames;
  }
}

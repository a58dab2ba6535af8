package io.holdfast.channels;

import java.util.ArrayList;
import java.util.List;

/** The attachments of one channel on one executor, which alone may touch it. */
final class Audience {
  private final List<Attachment> attachments = new ArrayList<>();

  void add(Attachment attachment) {
    attachments.add(attachment);
  }

  void remove(Attachment attachment) {
    attachments.remove(attachment);
  }

  /** Events to everyone, each connection flushed once. */
  void deliver(List<Outgoing> events) {
    // an overrun ends an attachment but leaves the list alone
    for (int i = 0; i < attachments.size(); i++) {
      Attachment attachment = attachments.get(i);
      for (Outgoing event : events) {
        attachment.deliver(event);
      }
      attachment.subscriber().flush();
    }
  }
}

package io.holdfast.journalnats;

import io.holdfast.journal.StoredEntry;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stored message, however it came.
 *
 * @param previous the sequence before it of what was asked for or told, 0 when there is none
 * @param time ms since the epoch
 */
@SuppressWarnings("ArrayRecordComponent")
record Stored(
    String subject,
    long sequence,
    long previous,
    long time,
    @Nullable Headers headers,
    byte[] data) {
  private static final String SUBJECT = "Nats-Subject";
  private static final String SEQUENCE = "Nats-Sequence";
  private static final String PREVIOUS = "Nats-Last-Sequence";
  private static final String TIME = "Nats-Time-Stamp";

  /** One that was read directly or announced; null when it is neither. */
  static @Nullable Stored of(Message message) {
    Headers headers = message.getHeaders();
    if (headers == null) {
      return null;
    }
    String subject = headers.getLast(SUBJECT);
    String sequence = headers.getLast(SEQUENCE);
    String time = headers.getLast(TIME);
    if (subject == null || sequence == null || time == null) {
      return null;
    }
    String previous = headers.getLast(PREVIOUS);
    return new Stored(
        subject,
        Long.parseLong(sequence),
        previous == null ? 0 : Long.parseLong(previous),
        Instant.parse(time).toEpochMilli(),
        headers,
        message.getData());
  }

  @Nullable String header(String name) {
    return headers == null ? null : headers.getLast(name);
  }

  /** Whether it is no entry and no head, but says that there was one. */
  boolean isDeletion() {
    return header(Marks.DELETED) != null;
  }

  StoredEntry entry() {
    return new StoredEntry(sequence, time, data);
  }
}

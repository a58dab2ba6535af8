package io.holdfast.fold;

import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.ObjectMessage;
import io.holdfast.protocol.PresenceMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a part changed, for those attached. Immutable: events outlive the state they came from. */
public sealed interface Event {

  /** The client frame it came from: what a client that has seen it may resume from. */
  Cursor cursor();

  /** Names the event to subscribers. */
  String id();

  /** The connection it was published on; null for REST and for the server's own. */
  @Nullable String connectionId();

  /** The entry's time, ms. */
  long time();

  /** Roughly what it takes in memory, bytes. */
  int weight();

  /** New messages, complete. */
  record Created(
      Cursor cursor, String id, @Nullable String connectionId, long time, List<Message> messages)
      implements Event {
    @Override
    public int weight() {
      int weight = 200;
      for (Message message : messages) {
        weight += MessageWeight.of(message);
      }
      return weight;
    }
  }

  /**
   * A message changed.
   *
   * @param delta what a subscriber gets who holds the message as it was: an UPDATE or DELETE with
   *     all its fields, or an APPEND with only the data that came
   * @param whole the message as it stands after the change
   */
  record Changed(
      Cursor cursor,
      String id,
      @Nullable String connectionId,
      long time,
      Message delta,
      StoredMessage whole)
      implements Event {
    @Override
    public int weight() {
      // the whole shares its data with the message in memory
      return 400 + MessageWeight.of(delta);
    }
  }

  /**
   * A message was annotated, or annotations of it were taken back.
   *
   * @param whole the message as it stands after it, its tallies with it
   */
  record Annotated(
      Cursor cursor,
      String id,
      @Nullable String connectionId,
      long time,
      List<Annotation> annotations,
      StoredMessage whole)
      implements Event {
    /** Whether any of it is counted. */
    public boolean summarised() {
      return annotations.stream().anyMatch(a -> SummaryMethod.of(String.valueOf(a.type())) != null);
    }

    @Override
    public int weight() {
      int weight = 400;
      for (Annotation annotation : annotations) {
        weight += MessageWeight.of(annotation);
      }
      return weight;
    }
  }

  /**
   * What the annotations of a message add up to by now: derived and never stored.
   *
   * @param cursor everything up to here is told by then
   * @param resumable whether a client may resume from there
   */
  record Summarised(Cursor cursor, long time, StoredMessage whole, boolean resumable)
      implements Event {
    @Override
    public String id() {
      return whole.versionId();
    }

    @Override
    public @Nullable String connectionId() {
      return null;
    }

    @Override
    public int weight() {
      return 400 + whole.tallies().weight() / 3;
    }
  }

  /** Operations on shared objects were applied. */
  record Operated(
      Cursor cursor,
      String id,
      @Nullable String connectionId,
      long time,
      List<ObjectMessage> messages)
      implements Event {
    @Override
    public int weight() {
      int weight = 200;
      for (ObjectMessage message : messages) {
        weight += MessageWeight.of(message);
      }
      return weight;
    }
  }

  /** Members entered, updated or left. */
  record PresenceChanged(
      Cursor cursor,
      String id,
      @Nullable String connectionId,
      long time,
      List<PresenceMessage> messages)
      implements Event {
    @Override
    public int weight() {
      int weight = 200;
      for (PresenceMessage message : messages) {
        weight += MessageWeight.of(message);
      }
      return weight;
    }
  }
}

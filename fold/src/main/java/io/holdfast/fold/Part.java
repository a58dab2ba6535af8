package io.holdfast.fold;

import io.holdfast.objects.Operation;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Extras;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceMessage;
import io.holdfast.protocol.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One unit of an entry: applied whole or not at all, delivered as one frame. */
public sealed interface Part {

  /**
   * New messages, in one atomic batch.
   *
   * @param messages as published; ids, client and connection ids filled in, serials and times not
   */
  record Publish(Origin origin, List<Message> messages) implements Part {}

  /**
   * An update or a delete of a message.
   *
   * @param action UPDATE or DELETE
   * @param target the message's serial
   * @param change the fields to replace: those that are null stay
   * @param version who and why; its serial and time are the entry's
   * @param any whether the publisher may change others' messages too
   */
  record Mutate(
      Origin origin,
      MessageAction action,
      String target,
      Change change,
      Author author,
      Version version,
      boolean any)
      implements Part {}

  /**
   * Appends to one message: client frames that went out in one rollup window.
   *
   * @param change name and latest extras, where given; its data is not used
   * @param pieces the frames, in order
   */
  record Append(
      String target, Change change, Author author, Version version, boolean any, List<Piece> pieces)
      implements Part {}

  /** What one client frame appends: its data, null for none. */
  record Piece(Origin origin, @Nullable Data data) {}

  /** Fields of a message to replace; null leaves one as it is. */
  record Change(
      @Nullable String name,
      @Nullable Data data,
      @Nullable String encoding,
      @Nullable Extras extras) {}

  /**
   * Who changes a message.
   *
   * @param id names this version to subscribers, e.g. {@code connectionId:msgSerial}
   */
  record Author(@Nullable String clientId, @Nullable String connectionId, String id) {}

  /**
   * Annotations of one message, or that they be taken back.
   *
   * @param target the message's serial, which each of them names
   * @param annotations as sent; ids, client and connection ids filled in, serials and times not
   */
  record Annotate(Origin origin, String target, List<Annotation> annotations) implements Part {}

  /**
   * Operations on shared objects, in one atomic batch.
   *
   * @param author its id names the batch, and by an index each operation that has no id of its own
   */
  record Operate(Origin origin, Author author, List<Act> acts) implements Part {}

  /**
   * One operation.
   *
   * @param operation a creation without what its id was made from
   * @param id as the client gave it, or null
   */
  record Act(Operation operation, @Nullable String id, @Nullable Extras extras) {}

  /**
   * Time to forget what is gone of the shared objects, and to delete what nothing leads to.
   *
   * @param id names the operations that come of it
   * @param retention how long objects are kept that nobody changes, ms; 0 for ever
   */
  record Collect(String id, long retention) implements Part {}

  /**
   * Messages from before a time are past their retention: none of them is changed any more.
   *
   * @param before ms; no later than the entry's own counts
   */
  record Expire(long before) implements Part {}

  /** Members enter, update and leave. */
  record Presence(Origin origin, Owner owner, List<PresenceMessage> messages) implements Part {}

  /** The members of a connection on this channel are answered for by another transport now. */
  record Own(String connectionId, Owner owner) implements Part {}

  /**
   * A member whose connection was lost is gone.
   *
   * @param memberKey see {@link Member#key}
   * @param ownedAt the ownership that ends; ignored if the member has moved on since
   * @param id names the leave; never begins with the member's connection id
   */
  record Depart(String memberKey, String ownedAt, String id) implements Part {}
}

package io.holdfast.connections;

import io.holdfast.fold.Part;
import io.holdfast.objects.Initial;
import io.holdfast.objects.MapEntry;
import io.holdfast.objects.ObjectId;
import io.holdfast.objects.ObjectType;
import io.holdfast.objects.Operation;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.ObjectMessage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What operations on shared objects must be like, as far as it does not depend on the objects. */
final class Operating {
  private static final int MAX_NONCE = 512;

  private Operating() {}

  /** Why an operation cannot be taken; null if it can. */
  static @Nullable ErrorInfo fault(ObjectMessage message) {
    Operation operation = message.operation();
    return switch (operation) {
      case null -> invalid("each object message of a client has an operation");
      case Operation.MapCreate create -> {
        ErrorInfo fault = unproved(create.objectId(), ObjectType.MAP, create.initial());
        yield fault == null ? entriesFault(create.entries()) : fault;
      }
      case Operation.CounterCreate create ->
          unproved(create.objectId(), ObjectType.COUNTER, create.initial());
      case Operation.ObjectDelete delete ->
          invalid("objects are deleted by the server, once nothing leads to them");
      case Operation.Unknown unknown ->
          invalid("there is no operation with action " + unknown.action());
      case Operation.MapSet set -> null;
      case Operation.MapRemove remove -> null;
      case Operation.MapClear clear -> null;
      case Operation.CounterInc inc -> null;
    };
  }

  /** An id that could be chosen freely would let one creation pass for another. */
  private static @Nullable ErrorInfo unproved(
      String text, ObjectType type, @Nullable Initial initial) {
    ObjectId id = ObjectId.parse(text);
    if (id == null || id.type() != type) {
      return invalid("the id of a new object is its type, its hash and its time");
    }
    if (initial == null || initial.nonce().isEmpty() || initial.nonce().length() > MAX_NONCE) {
      return invalid("a creation needs the initial value and the nonce that its id is made from");
    }
    return id.proves(initial)
        ? null
        : invalid("the hash in the object's id is not that of its initial value and nonce");
  }

  /** Serials are the server's: one that a client gave could outdo all that come later. */
  private static @Nullable ErrorInfo entriesFault(Map<String, MapEntry> entries) {
    boolean plain =
        entries.values().stream().allMatch(entry -> !entry.removed() && entry.serial() == null);
    return plain ? null : invalid("the entries of a new map have values and nothing else");
  }

  private static ErrorInfo invalid(String detail) {
    return ErrorCode.INVALID_OBJECT_MESSAGE.info(detail);
  }

  /** The operation as it is kept and told: what its id was made from has been looked at. */
  static Part.Act act(ObjectMessage message) {
    Operation operation = message.operation();
    return new Part.Act(
        switch (operation) {
          case null -> throw new IllegalArgumentException("judged to have an operation");
          case Operation.MapCreate create ->
              new Operation.MapCreate(create.objectId(), create.entries(), null);
          case Operation.CounterCreate create ->
              new Operation.CounterCreate(create.objectId(), create.count(), null);
          case Operation.MapSet other -> other;
          case Operation.MapRemove other -> other;
          case Operation.MapClear other -> other;
          case Operation.CounterInc other -> other;
          case Operation.ObjectDelete other -> other;
          case Operation.Unknown other -> other;
        },
        message.id(),
        message.extras());
  }
}

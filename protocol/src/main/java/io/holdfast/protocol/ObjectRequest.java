package io.holdfast.protocol;

import io.holdfast.objects.Initial;
import io.holdfast.objects.Operation;
import org.jspecify.annotations.Nullable;

/**
 * An operation on shared objects as REST has it: on the object of an id, on what is at a path, or,
 * for creations, on neither.
 *
 * @param id by which the request is known when it comes again
 * @param path from the root, keys parted by dots; the empty one is the root itself
 * @param operation on the object that is named, or on one of the empty id
 * @param proof what the id of a creation was made from; null when it has no id or does not say
 */
public record ObjectRequest(
    @Nullable String id, @Nullable String path, Operation operation, @Nullable Initial proof) {

  /** The object that is named; null when none is. */
  public @Nullable String objectId() {
    return operation.objectId().isEmpty() ? null : operation.objectId();
  }

  /** The same operation on an object. */
  public Operation on(String objectId) {
    return switch (operation) {
      case Operation.MapCreate o -> new Operation.MapCreate(objectId, o.entries(), o.initial());
      case Operation.MapSet o -> new Operation.MapSet(objectId, o.key(), o.value());
      case Operation.MapRemove o -> new Operation.MapRemove(objectId, o.key());
      case Operation.MapClear o -> new Operation.MapClear(objectId);
      case Operation.CounterCreate o ->
          new Operation.CounterCreate(objectId, o.count(), o.initial());
      case Operation.CounterInc o -> new Operation.CounterInc(objectId, o.amount());
      case Operation.ObjectDelete o -> new Operation.ObjectDelete(objectId);
      case Operation.Unknown o -> new Operation.Unknown(objectId, o.action());
    };
  }
}

package io.holdfast.protocol;

import io.holdfast.objects.Operation;
import io.holdfast.objects.SharedObject;
import org.jspecify.annotations.Nullable;

/**
 * An operation on a shared object, or an object as it stands (OM2).
 *
 * @param operation in OBJECT frames, else null
 * @param object in OBJECT_SYNC frames, else null: of a large map only some of the entries, the
 *     others following
 * @param serialTimestamp the time of the serial; of an object that is deleted, when it was
 */
public record ObjectMessage(
    @Nullable String id,
    @Nullable String clientId,
    @Nullable String connectionId,
    @Nullable Extras extras,
    long timestamp,
    @Nullable Operation operation,
    @Nullable SharedObject object,
    @Nullable String serial,
    long serialTimestamp,
    @Nullable String siteCode) {

  /** An operation as a client sends it. */
  public static ObjectMessage of(Operation operation) {
    return new ObjectMessage(null, null, null, null, 0, operation, null, null, 0, null);
  }

  /** An object as it stands, or a part of it. */
  public static ObjectMessage of(SharedObject object) {
    return new ObjectMessage(
        null, null, null, null, 0, null, object, null, object.head().deletedAt(), null);
  }
}

package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Flags;
import org.jspecify.annotations.Nullable;

/**
 * What a channel carries, and who hears it: messages, and whatever else is asked for, made when it
 * is asked for first. Safe for any thread; what it tells of comes on the loop.
 */
final class Contents {
  private final Attachment attachment;
  private final Broadcast.Means means;
  private final Broadcast<Message> messages;

  // Guarded by this object's lock. Most channels need none of them.
  private @Nullable Attendance attendance;
  private @Nullable Broadcast<Annotation> annotations;
  private @Nullable SharedState shared;
  private boolean closed;

  Contents(Attachment attachment, Broadcast.Means means) {
    this.attachment = attachment;
    this.means = means;
    this.messages = new Broadcast<>(means);
  }

  Broadcast<Message> messages() {
    return messages;
  }

  synchronized Attendance attendance() {
    if (attendance == null) {
      attendance = new Attendance(attachment, means);
      if (closed) {
        attendance.changes().end();
      }
    }
    return attendance;
  }

  synchronized Broadcast<Annotation> annotations() {
    if (annotations == null) {
      annotations = new Broadcast<>(means);
      if (closed) {
        annotations.end();
      }
    }
    return annotations;
  }

  synchronized SharedState shared() {
    if (shared == null) {
      shared = new SharedState(attachment, means);
      if (closed) {
        shared.changes().end();
      }
    }
    return shared;
  }

  private synchronized @Nullable SharedState sharedIfAny() {
    return shared;
  }

  private synchronized @Nullable Attendance attendanceIfAny() {
    return attendance;
  }

  synchronized @Nullable Broadcast<Annotation> annotationsIfAny() {
    return annotations;
  }

  /** Objects are listed after every attach, resumed or not. */
  void share(long flags) {
    boolean listens = (flags & Flags.OBJECT_SUBSCRIBE) != 0;
    SharedState known = listens ? shared() : sharedIfAny();
    if (known != null) {
      known.attached((flags & Flags.HAS_OBJECTS) != 0);
    }
  }

  void present(boolean hasPresence) {
    Attendance known = hasPresence ? attendance() : attendanceIfAny();
    if (known != null) {
      known.attached(hasPresence);
    }
  }

  /** The channel is not attached any more. */
  void gone(ErrorInfo error, boolean forget) {
    Attendance known = attendanceIfAny();
    if (known != null) {
      known.detached(error, forget);
    }
    SharedState objects = sharedIfAny();
    if (objects != null) {
      objects.detached(error);
    }
  }

  /** The client is closed: nobody hears anything any more. */
  synchronized void end() {
    messages.end();
    closed = true;
    if (attendance != null) {
      attendance.changes().end();
    }
    if (annotations != null) {
      annotations.end();
    }
    if (shared != null) {
      shared.changes().end();
    }
  }
}

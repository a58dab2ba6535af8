package io.holdfast.fold;

import io.holdfast.objects.Fault;
import io.holdfast.objects.Operation;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.MessageAction;
import org.jspecify.annotations.Nullable;

/** Why the fold does not do what a frame asks; admission asks the same questions early. */
public final class Refusals {
  private static final int MAX_SHOWN = 120;

  private Refusals() {}

  /**
   * Judges a change to a message by who made it and whether it is there.
   *
   * @param message the message as it stands, null if there is none
   * @param clientId who wants to change it, null if not identified
   * @param any whether they may change others' messages too
   */
  public static @Nullable ErrorInfo change(
      @Nullable StoredMessage message,
      String serial,
      MessageAction action,
      @Nullable String clientId,
      boolean any) {
    if (message == null) {
      return ErrorCode.NOT_FOUND.info(
          "there is no message with serial " + serial + " on this channel");
    }
    if (!any && (clientId == null || !clientId.equals(message.message().clientId()))) {
      return ErrorCode.CAPABILITY_DENIED.info(
          "this message was published by somebody else, and changing it needs message-update-any or"
              + " message-delete-any");
    }
    if (action == MessageAction.APPEND && message.message().action() == MessageAction.DELETE) {
      return ErrorCode.BAD_REQUEST.info(
          "message " + serial + " was deleted, so nothing can be appended to it");
    }
    return null;
  }

  /** Judges annotations of a message, which stands as it is; null if there is none. */
  public static @Nullable ErrorInfo annotations(
      @Nullable StoredMessage message, Part.Annotate part) {
    if (message == null) {
      return ErrorCode.NOT_FOUND.info(
          "there is no message with serial " + part.target() + " on this channel to annotate");
    }
    Tallies tallies = message.tallies();
    for (Annotation annotation : part.annotations()) {
      if (annotation.action() == AnnotationAction.CREATE && !tallies.fits(annotation)) {
        return ErrorCode.MESSAGE_TOO_LARGE.info(
            "the message has as many different annotations as it can hold");
      }
      tallies = tallies.with(annotation);
    }
    return null;
  }

  /** A message that would grow past the limit. */
  public static ErrorInfo tooLarge(int limit) {
    return ErrorCode.MESSAGE_TOO_LARGE.info(
        "the message would take more than " + limit + " bytes on the wire");
  }

  /** Text behind bytes, bytes behind text, or what has an encoding that does not join. */
  public static ErrorInfo mixedData() {
    return ErrorCode.BAD_REQUEST.info(
        "text can be appended to text and bytes to bytes, in the same encoding, while JSON and"
            + " encrypted data can only be updated");
  }

  /** A resend of what was refused, when later frames of its publisher have been applied. */
  public static ErrorInfo overtaken() {
    return ErrorCode.BUSY.info(
        "this frame was refused when it first came, and later ones were taken, so it must come as"
            + " a new one");
  }

  /** An operation on a shared object that cannot be applied. */
  public static ErrorInfo operation(Fault fault, Operation operation) {
    String id = operation.objectId();
    return switch (fault) {
      case DELETED -> ErrorCode.OBJECT_DELETED.info("object " + shown(id) + " is no more");
      case BAD_ID -> invalid("there can be no object with id " + shown(id));
      case BAD_REFERENCE -> invalid("a value refers to what is no object's id");
      case WRONG_KIND -> invalid("object " + shown(id) + " is not of the kind this is done to");
      case NOT_FINITE -> invalid("counter " + shown(id) + " would be larger than numbers are");
      case ROOT -> invalid("the root is always there, so it is neither created nor deleted");
      case UNKNOWN -> invalid("there is no such operation");
    };
  }

  private static ErrorInfo invalid(String detail) {
    return ErrorCode.INVALID_OBJECT_MESSAGE.info(detail);
  }

  /** Clients choose it, and an error's words are sent and kept. */
  private static String shown(String id) {
    return id.length() <= MAX_SHOWN ? id : id.substring(0, MAX_SHOWN) + "...";
  }

  /** Shared objects that would take more than they may. */
  public static ErrorInfo tooManyObjects(int limit) {
    return ErrorCode.OBJECT_LIMIT_EXCEEDED.info("it is " + limit + " bytes");
  }

  /** One member too many. */
  public static ErrorInfo tooManyMembers(int limit) {
    return ErrorCode.TOO_MANY_MEMBERS.info(
        "this channel has " + limit + " presence members, which is the most it can have");
  }
}

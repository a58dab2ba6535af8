package io.holdfast.connections;

import io.holdfast.fold.SummaryMethod;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What annotations must say of themselves (2.8 of the reference). */
final class Annotating {
  private static final int MAX_LENGTH = 512;
  private static final long MAX_COUNT = 1_000_000;

  /** A namespace, and where it is summarised how, and which version of that. */
  private static final Pattern TYPE = Pattern.compile("[^:]+(:[^:.]+\\.v[0-9]+)?");

  private Annotating() {}

  /**
   * Why an annotation cannot be taken; null if it can.
   *
   * @param target the message that those before it are about
   */
  static @Nullable ErrorInfo fault(Annotation annotation, @Nullable String target) {
    String serial = annotation.messageSerial();
    if (serial == null || serial.isEmpty()) {
      return ErrorCode.BAD_PARAMETER.info("an annotation needs the messageSerial it is about");
    }
    if (!serial.equals(target)) {
      return ErrorCode.BAD_REQUEST.info("annotations sent together must be of one message");
    }
    String type = annotation.type();
    if (type == null || type.length() > MAX_LENGTH || !TYPE.matcher(type).matches()) {
      return ErrorCode.BAD_PARAMETER.info(
          "an annotation needs a type such as reaction:distinct.v1, or one without a method");
    }
    String name = annotation.name();
    if (name != null && name.length() > MAX_LENGTH) {
      return ErrorCode.BAD_PARAMETER.info(
          "an annotation's name has at most " + MAX_LENGTH + " characters");
    }
    if (annotation.count() < 0 || annotation.count() > MAX_COUNT) {
      return ErrorCode.BAD_PARAMETER.info(
          "an annotation's count is a number from 1 to " + MAX_COUNT);
    }
    SummaryMethod method = SummaryMethod.of(type);
    return method == null ? null : fault(annotation, method);
  }

  private static @Nullable ErrorInfo fault(Annotation annotation, SummaryMethod method) {
    boolean taken = annotation.action() == AnnotationAction.DELETE;
    boolean needsClient = method.identified() || (taken && method == SummaryMethod.MULTIPLE);
    if (needsClient && annotation.clientId() == null) {
      return ErrorCode.INVALID_CLIENT_ID.info(
          "annotations of type "
              + annotation.type()
              + " are counted by client and this one has no client id");
    }
    boolean needsName = method.named() && !(taken && method == SummaryMethod.UNIQUE);
    return needsName && annotation.name() == null
        ? ErrorCode.BAD_PARAMETER.info(
            "annotations of type "
                + annotation.type()
                + " are counted by name and this one has none")
        : null;
  }
}

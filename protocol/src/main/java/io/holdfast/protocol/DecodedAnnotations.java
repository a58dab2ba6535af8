package io.holdfast.protocol;

import java.util.List;

/** The outcome of reading the annotations of a REST body. */
public sealed interface DecodedAnnotations {
  /** Good annotations, in order. */
  record Ok(List<Annotation> annotations) implements DecodedAnnotations {}

  /** Not annotations, or one of them was not acceptable. */
  record Refused(ErrorInfo error) implements DecodedAnnotations {}
}

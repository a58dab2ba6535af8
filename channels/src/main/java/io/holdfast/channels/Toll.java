package io.holdfast.channels;

import io.holdfast.protocol.ErrorInfo;
import org.jspecify.annotations.Nullable;

/**
 * What it costs to take a frame, asked once the frame turns out to be new: a repeat of one that was
 * taken is answered as before, whatever came between.
 */
@FunctionalInterface
public interface Toll {
  Toll FREE = () -> null;

  /** Takes what it costs; why the frame is refused if there is not enough. On any lane. */
  @Nullable ErrorInfo refusal();
}

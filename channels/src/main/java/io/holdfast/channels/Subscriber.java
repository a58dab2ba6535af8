package io.holdfast.channels;

import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.SharedFrame;
import java.util.concurrent.Executor;

/** A connection's transport as attachments see it. All but {@link #executor} on its executor. */
public interface Subscriber {
  /** The one thread of this transport; never the same object for two threads. */
  Executor executor();

  /** Whether a frame sent now would go out soon. */
  boolean writable();

  void send(SharedFrame frame);

  /** Frames sent since the last flush go out. */
  void flush();

  /** This reader cannot keep up: it is to be disconnected so that it can resume. */
  void overrun(ErrorInfo why);
}

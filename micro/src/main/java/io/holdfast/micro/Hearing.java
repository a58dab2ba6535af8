package io.holdfast.micro;

import io.holdfast.channels.Subscriber;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.SharedFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.Executor;

/** A reader's connection up to where a socket would be written: a view of the shared buffer. */
final class Hearing implements Subscriber {
  private final Executor loop;
  private int heard;

  Hearing(Executor loop) {
    this.loop = loop;
  }

  int heard() {
    return heard;
  }

  @Override
  public Executor executor() {
    return loop;
  }

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public void send(SharedFrame frame) {
    ByteBuf shared = frame.view(Format.JSON, Unpooled::wrappedBuffer);
    hand(shared);
    heard++;
  }

  /** As a transport takes it and lets go of it once it is written. */
  static void hand(ByteBuf shared) {
    var _ = shared.retainedDuplicate().release();
  }

  @Override
  public void flush() {}

  @Override
  public void overrun(ErrorInfo why) {
    throw new IllegalStateException("a reader that takes everything is slow: " + why);
  }
}

package io.holdfast.sessions;

/** Somebody who is told something. Closing it ends that; what is on its way may still come. */
public interface Subscription extends AutoCloseable {
  @Override
  void close();
}

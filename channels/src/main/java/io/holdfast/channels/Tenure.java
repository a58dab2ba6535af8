package io.holdfast.channels;

/**
 * A channel's time in memory. When it ends in failure, frames it had taken have no known outcome
 * and are sent again; whoever had sent them must not have later ones taken before that.
 */
public final class Tenure {
  private volatile boolean failed;

  Tenure() {}

  boolean failed() {
    return failed;
  }

  void fail() {
    failed = true;
  }
}

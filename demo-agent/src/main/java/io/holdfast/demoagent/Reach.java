package io.holdfast.demoagent;

import io.holdfast.client.Channel;
import io.holdfast.client.ChannelState;
import io.holdfast.client.Connection;
import io.holdfast.client.ConnectionState;
import io.holdfast.client.Subscription;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Whether a channel takes what is published, to be waited for. */
final class Reach implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Connection connection;
  private final Channel channel;
  private final Subscription ofConnection;
  private final Subscription ofChannel;

  Reach(Connection connection, Channel channel) {
    this.connection = connection;
    this.channel = channel;
    ofConnection = connection.changes().listen(change -> signal());
    ofChannel = channel.changes().listen(change -> signal());
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the session's channel takes what is published. */
  void await() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (connection.state() != ConnectionState.CONNECTED
          || channel.state() != ChannelState.ATTACHED) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    ofConnection.close();
    ofChannel.close();
  }
}

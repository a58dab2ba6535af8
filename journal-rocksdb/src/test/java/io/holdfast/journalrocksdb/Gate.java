package io.holdfast.journalrocksdb;

/** Holds the committer before its next sync. */
final class Gate implements Runnable {
  private boolean shut;
  private int waiting;

  synchronized void shut(boolean shut) {
    this.shut = shut;
    notifyAll();
  }

  synchronized void awaitWaiting() throws InterruptedException {
    while (waiting == 0) {
      wait();
    }
  }

  @Override
  public synchronized void run() {
    waiting++;
    notifyAll();
    try {
      while (shut) {
        wait();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      waiting--;
    }
  }
}

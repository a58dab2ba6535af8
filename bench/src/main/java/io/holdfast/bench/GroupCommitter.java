package io.holdfast.bench;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The least a durable publish can cost on this engine: one thread takes whatever waits, writes it
 * as one batch with one sync, and tells the waiters. No channels, no fold, no marks.
 */
final class GroupCommitter<T> implements Runnable {
  private static final class Waiting<T> {
    private final byte[] value;
    private final T waiter;

    Waiting(byte[] value, T waiter) {
      this.value = value;
      this.waiter = waiter;
    }
  }

  private static final int MAX_GROUP = 4096;

  private final BlockingQueue<Waiting<T>> queue = new ArrayBlockingQueue<>(2 * MAX_GROUP);
  private final RocksDB store;
  private final Consumer<List<T>> durable;

  GroupCommitter(String directory, Consumer<List<T>> durable) {
    RocksDB.loadLibrary();
    this.durable = durable;
    try {
      store = RocksDB.open(new Options().setCreateIfMissing(true), directory);
    } catch (RocksDBException e) {
      throw new LoadFailure("The baseline's store does not open: " + e.getMessage(), e);
    }
  }

  GroupCommitter<T> start() {
    Thread.ofPlatform().name("committer").daemon().start(this);
    return this;
  }

  /** Waits while twice the largest group is queued. */
  void submit(byte[] value, T waiter) {
    try {
      queue.put(new Waiting<>(value, waiter));
    } catch (InterruptedException e) {
      throw new LoadFailure("Interrupted.", e);
    }
  }

  @Override
  public void run() {
    var group = new ArrayList<Waiting<T>>(MAX_GROUP);
    long position = 0;
    try (var options = new WriteOptions().setSync(true)) {
      while (true) {
        group.add(queue.take());
        queue.drainTo(group, MAX_GROUP - 1);
        commit(group, position, options);
        position += group.size();
        durable.accept(group.stream().map(waiting -> waiting.waiter).toList());
        group.clear();
      }
    } catch (InterruptedException | RocksDBException e) {
      System.err.println("The baseline's committer ended: " + e);
      Runtime.getRuntime().halt(1);
    }
  }

  private void commit(List<Waiting<T>> group, long position, WriteOptions options)
      throws RocksDBException {
    try (var batch = new WriteBatch()) {
      long next = position;
      for (Waiting<T> waiting : group) {
        batch.put(ByteBuffer.allocate(Long.BYTES).putLong(next++).array(), waiting.value);
      }
      store.write(options, batch);
    }
  }
}

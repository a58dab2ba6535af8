package io.holdfast.journalrocksdb;

import org.rocksdb.RocksDBException;

/** A change on its way to the committer. */
interface Write {
  /**
   * Puts itself into the batch.
   *
   * @return what is to be told once the batch is durable
   */
  Runnable into(Batch batch) throws RocksDBException;
}

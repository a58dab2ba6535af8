package io.holdfast.journalrocksdb;

import io.holdfast.journal.Direction;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/** A walk over the keys from {@code lower}, inclusive, to {@code upper}, exclusive. */
final class Range implements AutoCloseable {
  private final Slice lower;
  private final @Nullable Slice upper;
  private final ReadOptions options;
  private final RocksIterator iterator;
  private final Direction direction;
  private boolean begun;

  Range(
      Database database,
      Family family,
      byte[] lower,
      byte @Nullable [] upper,
      Direction direction) {
    this.direction = direction;
    this.lower = new Slice(lower);
    this.upper = upper == null ? null : new Slice(upper);
    this.options = new ReadOptions().setIterateLowerBound(this.lower);
    if (this.upper != null) {
      options.setIterateUpperBound(this.upper);
    }
    this.iterator = database.iterator(family, options);
  }

  boolean next() throws RocksDBException {
    boolean first = !begun;
    begun = true;
    switch (direction) {
      case FORWARDS -> {
        if (first) {
          iterator.seekToFirst();
        } else {
          iterator.next();
        }
      }
      case BACKWARDS -> {
        if (first) {
          iterator.seekToLast();
        } else {
          iterator.prev();
        }
      }
    }
    iterator.status();
    return iterator.isValid();
  }

  byte[] key() {
    return iterator.key();
  }

  byte[] value() {
    return iterator.value();
  }

  @Override
  public void close() {
    iterator.close();
    options.close();
    lower.close();
    if (upper != null) {
      upper.close();
    }
  }
}

/**
 * The embedded engine: {@link io.holdfast.journal.Journal} and {@link io.holdfast.journal.Registry}
 * in one RocksDB directory, opened by {@link io.holdfast.journalrocksdb.RocksStore}.
 *
 * <p>Every write goes through one committer thread, which gathers what waits into one synced write
 * and only then tells followers and callers. Reads run on two threads of their own. Column families
 * and keys are described in {@code Keys}; all numbers are big-endian.
 */
@NullMarked
package io.holdfast.journalrocksdb;

import org.jspecify.annotations.NullMarked;

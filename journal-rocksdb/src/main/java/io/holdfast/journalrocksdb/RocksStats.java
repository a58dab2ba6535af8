package io.holdfast.journalrocksdb;

/**
 * What the engine did since it was opened.
 *
 * @param commits synced writes, each of what waited at the time
 * @param writes appends, puts, trims and so on in them
 * @param entries entries appended
 * @param bytes of those entries
 * @param manifests manifests written, one at the end of each checkpoint
 * @param trims times that a channel's log was shortened
 * @param logSyncs RocksDB's own count of syncs of its log
 * @param waitingBytes waiting for the committer now
 * @param diskBytes size of the directory now
 */
public record RocksStats(
    long commits,
    long writes,
    long entries,
    long bytes,
    long manifests,
    long trims,
    long logSyncs,
    long waitingBytes,
    long diskBytes) {}

package io.holdfast.journal;

/**
 * An entry of a channel's log.
 *
 * @param position greater than that of every earlier entry of the channel; gaps are normal
 * @param time when the engine took it, ms since the epoch; may step back, the fold evens it out
 * @param bytes the entry, as it was given; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere; a copy per entry would cost
public record StoredEntry(long position, long time, byte[] bytes) {}

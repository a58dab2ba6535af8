package io.holdfast.fold;

/**
 * Limits the fold decides by. Each entry carries those of the node that wrote it, so that what was
 * applied once is applied for ever, under whatever limits it is read again.
 *
 * @param maxMessageBytes an accumulated message's size, encoded, in the larger format
 * @param maxMembers presence members on a channel
 * @param resultsKept how long the results of frames are remembered, ms
 */
public record FoldLimits(int maxMessageBytes, int maxMembers, long resultsKept) {
  public static final FoldLimits DEFAULT = new FoldLimits(512 * 1024, 200, 5 * 60_000);
}

package io.holdfast.fold;

/**
 * Limits the fold decides by; the same on every node of a log.
 *
 * @param maxMessageBytes an accumulated message's size, encoded, in the larger format
 * @param maxMembers presence members on a channel
 * @param resultsKept how long the results of frames are remembered, ms
 */
public record FoldLimits(int maxMessageBytes, int maxMembers, long resultsKept) {
  public static final FoldLimits DEFAULT = new FoldLimits(512 * 1024, 200, 5 * 60_000);
}

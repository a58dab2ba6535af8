package io.holdfast.fold;

/**
 * Limits the fold decides by. Each entry carries those of the node that wrote it, so that what was
 * applied once is applied for ever, under whatever limits it is read again.
 *
 * @param maxMessageBytes an accumulated message's size, encoded, in the larger format
 * @param maxMembers presence members on a channel
 * @param resultsKept how long the results of frames are remembered, ms
 * @param early whether it is an entry of the first two forms: with them a delete took the data
 *     away, and a change was judged by the fields it replaced
 */
public record FoldLimits(int maxMessageBytes, int maxMembers, long resultsKept, boolean early) {
  public static final FoldLimits DEFAULT = new FoldLimits(512 * 1024, 200, 5 * 60_000);

  public FoldLimits(int maxMessageBytes, int maxMembers, long resultsKept) {
    this(maxMessageBytes, maxMembers, resultsKept, false);
  }

  /** The same for an entry of the first two forms. */
  FoldLimits ofEarlyForms() {
    return new FoldLimits(maxMessageBytes, maxMembers, resultsKept, true);
  }
}

package io.holdfast.fold;

/**
 * Limits the fold decides by. Each entry carries those of the node that wrote it, so that what was
 * applied once is applied for ever, under whatever limits it is read again.
 *
 * @param maxMessageBytes an accumulated message's size, encoded, in the larger format
 * @param maxMembers presence members on a channel
 * @param resultsKept how long the results of frames are remembered, ms
 * @param maxObjectBytes what the shared objects of a channel may take
 * @param objectGrace how long what is removed of them is remembered, and what nothing leads to may
 *     stay, ms
 * @param early whether it is an entry of the first two forms: with them a delete took the data
 *     away, and a change was judged by the fields it replaced
 */
public record FoldLimits(
    int maxMessageBytes,
    int maxMembers,
    long resultsKept,
    int maxObjectBytes,
    long objectGrace,
    boolean early) {
  private static final int MAX_OBJECT_BYTES = 6_815_744;
  private static final long OBJECT_GRACE = 24 * 60 * 60_000L;

  public static final FoldLimits DEFAULT = new FoldLimits(512 * 1024, 200, 5 * 60_000);

  public FoldLimits(int maxMessageBytes, int maxMembers, long resultsKept) {
    this(maxMessageBytes, maxMembers, resultsKept, MAX_OBJECT_BYTES, OBJECT_GRACE, false);
  }

  /** The same with other limits for shared objects. */
  public FoldLimits withObjects(int bytes, long grace) {
    return new FoldLimits(maxMessageBytes, maxMembers, resultsKept, bytes, grace, early);
  }

  /** Those of an entry that was written before there were shared objects. */
  static FoldLimits withoutObjects(
      int maxMessageBytes, int maxMembers, long resultsKept, boolean early) {
    return new FoldLimits(
        maxMessageBytes, maxMembers, resultsKept, MAX_OBJECT_BYTES, OBJECT_GRACE, early);
  }

  /** The same for an entry of the first two forms. */
  FoldLimits ofEarlyForms() {
    return new FoldLimits(
        maxMessageBytes, maxMembers, resultsKept, maxObjectBytes, objectGrace, true);
  }
}

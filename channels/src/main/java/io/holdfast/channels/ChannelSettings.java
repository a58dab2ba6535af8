package io.holdfast.channels;

import io.holdfast.fold.FoldLimits;

/**
 * What channels work by. Durations in ms, sizes in bytes.
 *
 * @param limits the fold's
 * @param recentBytes events kept in memory for those who come back
 * @param cacheBytes settled messages kept in memory
 * @param checkpointBytes changed records that are written once there are this many
 * @param entryBytes an entry takes in no more once it has this many
 * @param objectPageBytes a page of shared objects has no more than this and one entry; a few
 *     milliseconds of work
 * @param backlogBytes what may wait for one slow attachment
 * @param unackedBytes what may wait to be committed on one channel
 * @param idle how long a channel nobody uses stays in memory
 * @param resumeHorizon entries younger than this are never trimmed
 * @param earlierBootGrace how long members of an earlier run may take to come back, from the start
 */
public record ChannelSettings(
    FoldLimits limits,
    long recentBytes,
    long cacheBytes,
    long checkpointBytes,
    int entryBytes,
    int objectPageBytes,
    long backlogBytes,
    long unackedBytes,
    long idle,
    long resumeHorizon,
    long earlierBootGrace) {

  private static final long MIB = 1024 * 1024;

  public static final ChannelSettings DEFAULT =
      new ChannelSettings(
          FoldLimits.DEFAULT,
          2 * MIB,
          2 * MIB,
          4 * MIB,
          256 * 1024,
          64 * 1024,
          MIB,
          8 * MIB,
          30_000,
          10 * 60_000,
          30_000);

  public ChannelSettings withResumeHorizon(long ms) {
    return new ChannelSettings(
        limits,
        recentBytes,
        cacheBytes,
        checkpointBytes,
        entryBytes,
        objectPageBytes,
        backlogBytes,
        unackedBytes,
        idle,
        ms,
        earlierBootGrace);
  }
}

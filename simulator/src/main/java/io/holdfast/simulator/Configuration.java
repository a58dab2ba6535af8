package io.holdfast.simulator;

import io.holdfast.channels.ChannelSettings;
import io.holdfast.connections.ConnectionSettings;
import io.holdfast.fold.FoldLimits;

/** How nodes are configured that start now. */
final class Configuration {
  static final int EARLIER_BOOT_GRACE = 3_000;

  /** Longer than a node may be away unheard. */
  private static final int EARLIER_BOOT_GRACE_OF_MANY = 25_000;

  private static final int SMALL = 700;
  private static final int LARGE = 6_000;

  private final Dice dice;
  private final ConnectionSettings connections =
      new ConnectionSettings(
          64 * 1024, 512 * 1024, 20_000, 15_000, 12, 8_000, 64_000, 30_000, 100, 0, 0, "node");
  private ChannelSettings channels;
  private int leastMessageBytes = Integer.MAX_VALUE;
  private int leastMembers = Integer.MAX_VALUE;

  /**
   * A configuration made up.
   *
   * @param many whether nodes work side by side: what one of them has not heard for so long as it
   *     may be away must be there still
   */
  Configuration(Dice dice, boolean many) {
    this.dice = dice;
    this.channels = channels(dice, many);
    judgeBy(limits());
  }

  /** Everything is small, so that every bound is met. */
  private static ChannelSettings channels(Dice dice, boolean many) {
    return new ChannelSettings(
        FoldLimits.DEFAULT,
        dice.of(1_000, 4_000, 64_000),
        dice.of(0, 2_000, 64_000),
        dice.of(1_500, 8_000, 64_000),
        dice.of(200, 2_000),
        dice.of(100, 1_000, 64 * 1024),
        dice.of(3 * (TrueMessage.ENVELOPE + SMALL), 64_000),
        64_000,
        dice.of(100, 2_000),
        many ? dice.of(45_000, 90_000) : dice.of(100, 1_500, 60_000),
        many ? EARLIER_BOOT_GRACE_OF_MANY : EARLIER_BOOT_GRACE);
  }

  private FoldLimits limits() {
    int messageBytes = TrueMessage.ENVELOPE + dice.of(SMALL, LARGE);
    return new FoldLimits(messageBytes, dice.of(2, 4, 200), 60 * 60_000);
  }

  private void judgeBy(FoldLimits limits) {
    ChannelSettings before = channels;
    leastMessageBytes = Math.min(leastMessageBytes, limits.maxMessageBytes());
    leastMembers = Math.min(leastMembers, limits.maxMembers());
    channels =
        new ChannelSettings(
            limits,
            before.recentBytes(),
            before.cacheBytes(),
            before.checkpointBytes(),
            before.entryBytes(),
            before.objectPageBytes(),
            Math.max(before.backlogBytes(), 3L * limits.maxMessageBytes()),
            before.unackedBytes(),
            before.idle(),
            before.resumeHorizon(),
            before.earlierBootGrace());
  }

  ChannelSettings channels() {
    return channels;
  }

  ConnectionSettings connections() {
    return connections;
  }

  /** The smallest limits there have been. */
  int leastMessageBytes() {
    return leastMessageBytes;
  }

  int leastMembers() {
    return leastMembers;
  }

  /** Changes it for those who start from now on. */
  void change(History history) {
    FoldLimits before = channels.limits();
    FoldLimits limits = limits();
    history.trace("limits " + limits);
    history.counts().add(change(limits.maxMessageBytes(), before.maxMessageBytes()));
    judgeBy(limits);
  }

  private static Happening change(int now, int before) {
    return now < before ? Happening.LIMIT_LOWERED : Happening.LIMIT_RAISED;
  }
}

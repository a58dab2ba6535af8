package io.holdfast.server;

import io.holdfast.fold.FoldLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Bounds that can be set.
 *
 * @param maxMessageSize of one publish, in bytes
 * @param maxFrameSize of one frame, and of an accumulated message in every format, in bytes
 * @param connectionStateTtl told to clients: who was gone for longer connects anew
 * @param resumeHorizon how long entries are kept for resuming clients, whatever the retention
 * @param maxIdleInterval how long a connection is left without a frame before a heartbeat
 * @param presenceMembers of one channel
 * @param objectsBytes what the shared objects of one channel may take
 * @param objectsGrace how long what is removed of them is remembered, and how long objects stay
 *     that nothing leads to
 * @param connectionMessageRate messages that a connection may publish in a second; 0 for any
 * @param channelMessageRate messages that a channel may be published in a second; 0 for any
 * @param freeSpaceFloor below this many free bytes on disk publishes are refused
 */
record Limits(
    int maxMessageSize,
    int maxFrameSize,
    Duration connectionStateTtl,
    Duration resumeHorizon,
    Duration maxIdleInterval,
    int presenceMembers,
    int objectsBytes,
    Duration objectsGrace,
    int connectionMessageRate,
    int channelMessageRate,
    long freeSpaceFloor) {
  static final Limits DEFAULT =
      new Limits(
          64 << 10,
          512 << 10,
          Duration.ofMinutes(2),
          Duration.ofMinutes(10),
          Duration.ofSeconds(15),
          200,
          FoldLimits.DEFAULT.maxObjectBytes(),
          Duration.ofMillis(FoldLimits.DEFAULT.objectGrace()),
          0,
          0,
          512L << 20);

  private static final Duration MAX_IDLE = Duration.ofSeconds(50);
  private static final int MAX_RATE = 1_000_000;
  private static final int MAX_FRAME = 64 << 20;
  private static final int MAX_OBJECTS = 256 << 20;

  /** Those of a section, with the defaults for what it leaves out. */
  static Limits read(Section section) {
    Limits limits =
        new Limits(
            (int) section.size("maxMessageSize", DEFAULT.maxMessageSize, MAX_FRAME),
            (int) section.size("maxFrameSize", DEFAULT.maxFrameSize, MAX_FRAME),
            section.duration("connectionStateTtl", DEFAULT.connectionStateTtl),
            section.duration("resumeHorizon", DEFAULT.resumeHorizon),
            section.duration("maxIdleInterval", DEFAULT.maxIdleInterval),
            (int) section.number("presenceMembers", DEFAULT.presenceMembers, 1, 100_000),
            (int) section.size("objectsBytes", DEFAULT.objectsBytes, MAX_OBJECTS),
            section.duration("objectsGrace", DEFAULT.objectsGrace),
            (int) section.number("connectionMessageRate", 0, 0, MAX_RATE),
            (int) section.number("channelMessageRate", 0, 0, MAX_RATE),
            section.size("freeSpaceFloor", DEFAULT.freeSpaceFloor, Long.MAX_VALUE));
    limits.faults().forEach(section::fault);
    return limits;
  }

  private List<String> faults() {
    List<String> faults = new ArrayList<>();
    if (maxMessageSize < 1) {
      faults.add("maxMessageSize: must be at least 1 byte");
    }
    if (maxFrameSize < maxMessageSize) {
      faults.add("maxFrameSize: must not be smaller than maxMessageSize");
    }
    if (maxIdleInterval.compareTo(Duration.ofSeconds(1)) < 0) {
      faults.add("maxIdleInterval: must be at least 1s");
    }
    if (maxIdleInterval.compareTo(MAX_IDLE) > 0) {
      faults.add(
          "maxIdleInterval: must be at most 50s, as many a proxy cuts what is silent for 60");
    }
    return faults;
  }
}

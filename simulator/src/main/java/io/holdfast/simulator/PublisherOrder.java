package io.holdfast.simulator;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher sends on a channel is in the log in the order it was sent; only appends to one
 * message may overtake appends to another, in the window they share.
 */
final class PublisherOrder {
  private final String channel;
  private final Map<Life, Sent> sent = new HashMap<>();

  private record Life(String connectionId, long incarnation) {}

  private static final class Sent {
    private long newest = -1;
    private long newestOther = -1;
    private final Map<String, Long> appends = new HashMap<>();
  }

  PublisherOrder(String channel) {
    this.channel = channel;
  }

  /** Whether a later frame has been applied. */
  boolean overtaken(FrameKey key) {
    Sent life = sent.get(new Life(key.connectionId(), key.incarnation()));
    return life != null && life.newest > key.msgSerial();
  }

  /**
   * A frame was applied.
   *
   * @param target what it was appended to; null for all that is no append
   * @param maybeRefused it was refused before, or may have been, unheard: then it is judged anew
   */
  void applied(FrameKey key, @Nullable String target, boolean maybeRefused) {
    Sent life =
        sent.computeIfAbsent(new Life(key.connectionId(), key.incarnation()), k -> new Sent());
    long before;
    if (target == null) {
      before = life.newest;
      life.newestOther = key.msgSerial();
    } else {
      before = Math.max(life.newestOther, life.appends.getOrDefault(target, -1L));
      life.appends.put(target, key.msgSerial());
    }
    life.newest = Math.max(life.newest, key.msgSerial());
    if (key.msgSerial() <= before && !maybeRefused) {
      throw new Broken(
          OneOrderForAll.NAME,
          key + " stands behind number " + before + " in the log of " + channel);
    }
  }
}

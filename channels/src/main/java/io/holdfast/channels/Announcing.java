package io.holdfast.channels;

import io.holdfast.fold.Origin;
import io.holdfast.fold.Part;
import io.holdfast.journal.ChannelId;
import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Makes what the server itself says on [meta] channels. */
final class Announcing {
  static final String PREFIX = "[meta]";
  private static final String CHANNELS = PREFIX + "channel.lifecycle";
  private static final int BYTES = 500;

  private final String boot;
  private final AtomicLong said = new AtomicLong();

  Announcing(String boot) {
    this.boot = boot;
  }

  /** Whether a channel is one of those. */
  static boolean meta(ChannelId channel) {
    return channel.name().startsWith(PREFIX);
  }

  /** Where the coming and going of an app's channels is told. */
  static ChannelId lifecycle(String app) {
    return new ChannelId(app, CHANNELS);
  }

  /** A channel as status requests show it. */
  static Map<String, Object> details(ChannelId channel, boolean active, Occupancy occupancy) {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("isActive", active);
    status.put("occupancy", Map.of("metrics", occupancy.metrics()));
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("channelId", channel.name());
    details.put("status", status);
    return details;
  }

  Submission message(String name, Map<String, Object> data) {
    byte[] json = BodyCodec.encodeTree(data, Format.JSON);
    Message message =
        new Message(
            MessageAction.CREATE,
            "meta-" + boot + ":" + said.incrementAndGet() + ":0",
            name,
            Data.text(new String(json, StandardCharsets.UTF_8)),
            "json",
            null,
            null,
            null,
            0,
            null,
            null,
            null);
    Part part = new Part.Publish(Origin.NONE, List.of(message));
    return new Submission(part, BYTES + json.length, 0, false, verdict -> {});
  }
}

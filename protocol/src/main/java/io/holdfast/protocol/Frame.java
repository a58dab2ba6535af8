package io.holdfast.protocol;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One ProtocolMessage (TR). Each action is a record of just the fields it carries; an action this
 * version does not know is {@link Unknown}.
 */
public sealed interface Frame {
  /** Action 0. {@code id} is the client's ping, returned as it came; keepalives carry none. */
  record Heartbeat(@Nullable String id) implements Frame {}

  /** Action 1. {@code results} has one entry per acknowledged frame: the serials it made. */
  record Ack(long msgSerial, int count, List<PublishResult> results) implements Frame {}

  /** Action 2. */
  record Nack(long msgSerial, int count, ErrorInfo error) implements Frame {}

  /** Action 4. {@code error} says why a resume failed. */
  record Connected(String connectionId, ConnectionDetails details, @Nullable ErrorInfo error)
      implements Frame {}

  /** Action 5. */
  record Disconnect() implements Frame {}

  /** Action 6. */
  record Disconnected(@Nullable ErrorInfo error) implements Frame {}

  /** Action 7. */
  record Close() implements Frame {}

  /** Action 8. */
  record Closed() implements Frame {}

  /**
   * Action 9. With a channel (the empty name included) it is that channel's, else the connection's.
   */
  record ProtocolError(@Nullable String channel, ErrorInfo error) implements Frame {}

  /** Action 10. {@code flags} are mode bits, see {@link Flags}. */
  record Attach(
      String channel, @Nullable String channelSerial, long flags, Map<String, String> params)
      implements Frame {}

  /** Action 11. */
  record Attached(
      String channel,
      String channelSerial,
      long flags,
      Map<String, String> params,
      @Nullable ErrorInfo error)
      implements Frame {}

  /** Action 12. */
  record Detach(String channel) implements Frame {}

  /** Action 13. */
  record Detached(String channel, @Nullable ErrorInfo error) implements Frame {}

  /**
   * Action 14. From a client {@code msgSerial} is set and the ids, serial and timestamp are not;
   * from the server the reverse ({@code msgSerial} -1, not written).
   */
  record Presence(
      String channel,
      List<PresenceMessage> presence,
      long msgSerial,
      @Nullable String id,
      @Nullable String connectionId,
      @Nullable String channelSerial,
      long timestamp)
      implements Frame {}

  /** Action 15; {@code params} are publish params, from clients only. As {@link Presence}. */
  record Messages(
      String channel,
      List<Message> messages,
      long msgSerial,
      @Nullable String id,
      @Nullable String connectionId,
      @Nullable String channelSerial,
      long timestamp,
      Map<String, String> params)
      implements Frame {}

  /** Action 16. {@code channelSerial} is {@code <sequence>:<cursor>}; absent for a single page. */
  record Sync(String channel, @Nullable String channelSerial, List<PresenceMessage> presence)
      implements Frame {}

  /** Action 17. From the server without a token: the client is asked to authorise again. */
  record Auth(@Nullable String accessToken) implements Frame {}

  /** Action 19: operations on shared objects, in one atomic batch. As {@link Presence}. */
  record Objects(
      String channel,
      List<ObjectMessage> state,
      long msgSerial,
      @Nullable String id,
      @Nullable String connectionId,
      @Nullable String channelSerial,
      long timestamp)
      implements Frame {}

  /**
   * Action 20: shared objects as they stand. {@code channelSerial} is {@code <sequence>:<cursor>},
   * the cursor empty on the last page. A client asks for a sequence with none.
   */
  record ObjectSync(String channel, @Nullable String channelSerial, List<ObjectMessage> state)
      implements Frame {}

  /** Action 21. As {@link Presence}. */
  record Annotations(
      String channel,
      List<Annotation> annotations,
      long msgSerial,
      @Nullable String id,
      @Nullable String connectionId,
      @Nullable String channelSerial,
      long timestamp)
      implements Frame {}

  /** Any other action. {@code msgSerial} is -1 when absent. */
  record Unknown(int action, @Nullable String channel, long msgSerial) implements Frame {}

  /** The serials one frame made, null for an item that was conflated away. */
  record PublishResult(List<@Nullable String> serials) {}
}

package io.holdfast.connections;

import io.holdfast.channels.Channels;
import io.holdfast.channels.Timers;
import java.util.function.Supplier;

/** All connections of a node. */
public final class Connections {

  /**
   * The connections of a node.
   *
   * @param boot names this run of the node; the same as the channels'
   * @param siteCode one constant of the log's generation
   * @param ids makes connection ids: short, unguessable, of URL-safe characters
   */
  public Connections(
      Channels channels,
      Timers timers,
      ConnectionSettings settings,
      Sealer sealer,
      Reauthentication reauthentication,
      ChannelRules rules,
      Supplier<String> ids,
      String boot,
      String siteCode) {}

  /** A transport has opened and its client is who it says. On the transport's executor. */
  public Link open(Transport transport, ConnectRequest request) {
    throw new UnsupportedOperationException();
  }

  /** How many transports are connected. */
  public int size() {
    return 0;
  }

  /**
   * Asks every client to go on elsewhere or later: DISCONNECTED with 80003, then the transports
   * close. Frames taken before are still answered.
   */
  public void drain() {}
}

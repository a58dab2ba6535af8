package io.holdfast.connections;

import io.holdfast.channels.Channels;
import io.holdfast.channels.Timers;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What all connections of a node share.
 *
 * @param paces how fast channels may be published to
 * @param ids makes connection ids
 * @param boot names this run of the node
 * @param transports numbers the transports of this run
 * @param unacked bytes that wait for their acknowledgement
 */
record Node(
    Channels channels,
    Timers timers,
    ConnectionSettings settings,
    Sealer sealer,
    Reauthentication reauthentication,
    Requests requests,
    ChannelRules rules,
    Paces paces,
    Supplier<String> ids,
    String boot,
    String siteCode,
    AtomicLong transports,
    AtomicLong unacked) {}

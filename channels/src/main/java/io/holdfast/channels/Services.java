package io.holdfast.channels;

import io.holdfast.fold.FoldLimits;
import io.holdfast.fold.Owner;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Journal;
import io.holdfast.nodes.Nodes;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * What every channel works with.
 *
 * @param limits the fold's, by channel
 * @param nodes this node's run and the others
 * @param readySince when this run began to serve, ms
 * @param open whether a transport of this run, by its connection, is not over
 * @param doubts frames that may be stored yet, though their append was given up
 */
record Services(
    Journal journal,
    Timers timers,
    ChannelSettings settings,
    Function<ChannelId, FoldLimits> limits,
    Nodes nodes,
    Elsewhere elsewhere,
    long readySince,
    BiPredicate<String, Owner> open,
    Doubts doubts) {
  /** Names this run of the node. */
  String boot() {
    return nodes.boot();
  }
}

package io.holdfast.channels;

import io.holdfast.fold.FoldLimits;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Journal;
import java.util.function.Function;

/**
 * What every channel works with.
 *
 * @param limits the fold's, by channel
 * @param boot names this run of the node
 * @param readySince when this run began to serve, ms
 */
record Services(
    Journal journal,
    Timers timers,
    ChannelSettings settings,
    Function<ChannelId, FoldLimits> limits,
    String boot,
    long readySince) {}

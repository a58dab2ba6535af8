package io.holdfast.channels;

import io.holdfast.journal.Journal;

/**
 * What every channel works with.
 *
 * @param boot names this run of the node
 * @param readySince when this run began to serve, ms
 */
record Services(
    Journal journal, Timers timers, ChannelSettings settings, String boot, long readySince) {}

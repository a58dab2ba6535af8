/**
 * The runtime of channels: lanes that run a channel's work one at a time, admission, rollup, the
 * way to the journal, and from the fold to everyone attached.
 *
 * <p>Two owners: a channel's state belongs to its {@link io.holdfast.channels.Lane}; an attachment
 * belongs to the executor (event loop) of its connection. They speak only by handing each other
 * tasks. Nothing is delivered or answered before the journal has it.
 */
@NullMarked
package io.holdfast.channels;

import org.jspecify.annotations.NullMarked;

/**
 * What a channel's log means: state x entry gives state and events, the same on every node.
 *
 * <p>Entries come in, in journal order and each once; messages with their latest version, presence
 * and the marks of exactly-once come out. No clock, no I/O and no threads: every time is an
 * entry's, and whoever calls owns the state.
 */
@NullMarked
package io.holdfast.fold;

import org.jspecify.annotations.NullMarked;

/**
 * The ports to the engine that stores everything: {@link io.holdfast.journal.Journal} for the logs
 * of channels and what is folded from them, {@link io.holdfast.journal.Registry} for the few
 * records that are not a channel's; and their memory twins.
 *
 * <p>Nothing here knows what an entry means. Nothing completes before it is durable.
 */
@NullMarked
package io.holdfast.journal;

import org.jspecify.annotations.NullMarked;

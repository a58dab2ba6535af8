/**
 * The cluster's engine: {@link io.holdfast.journal.Journal} and {@link
 * io.holdfast.journal.Registry} on NATS JetStream, opened by {@link
 * io.holdfast.journalnats.NatsStore}.
 *
 * <p>Everything that changes here is touched by one thread, the {@code EngineThread}, which calls
 * followers and completes futures; it never waits. What came in over the network is handed to it,
 * and what goes out is kept in bounds by {@code Throttle}.
 *
 * <p>Nothing here may tell a caller that an entry was refused once a server may have it.
 */
@NullMarked
package io.holdfast.journalnats;

import org.jspecify.annotations.NullMarked;

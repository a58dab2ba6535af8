/**
 * A connection's life: its key, incarnation and transports, the frames that arrive on it and the
 * acknowledgements that leave, resume and recover; and the rules by which a client's messages
 * become parts of a channel's log, for REST as well.
 *
 * <p>Everything of a connection belongs to the executor of its newest transport; when another
 * transport takes over, the state is handed from one executor to the other and never shared.
 */
@NullMarked
package io.holdfast.connections;

import org.jspecify.annotations.NullMarked;

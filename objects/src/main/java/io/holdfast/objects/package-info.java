/**
 * The algebra of shared objects: maps and counters that converge whatever the order in which their
 * operations are heard, as long as those of one site keep theirs.
 *
 * <p>Operations come in with their place in the log, and a new version of the pool of objects comes
 * out; versions share what did not change, so keeping one costs nothing. Client and server work by
 * the same rules. No clock, no threads, no I/O, and nothing of the wire: who may do what and how
 * much is decided by others.
 */
@NullMarked
package io.holdfast.objects;

import org.jspecify.annotations.NullMarked;

/**
 * A node and its clients in one thread under one seed: every executor, timer, socket and the
 * journal are queues from which the seed picks, so that a run can be had again from its number.
 *
 * <p>The node is the real one, on the journal's memory twin. Clients are models that speak the
 * protocol as the published SDKs do. What must hold is named: one class for each invariant.
 */
@NullMarked
package io.holdfast.simulator;

import org.jspecify.annotations.NullMarked;

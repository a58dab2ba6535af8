/**
 * One node or several and their clients in one thread under one seed: every executor, timer, socket
 * and the journal are queues from which the seed picks, so that a run can be had again from its
 * number and that of its nodes.
 *
 * <p>The nodes are real ones, on the journal's memory twins: one alone on a disk of its own,
 * several on servers that they share. Clients are models that speak the protocol as the published
 * SDKs do. What must hold is named: one class for each invariant.
 */
@NullMarked
package io.holdfast.simulator;

import org.jspecify.annotations.NullMarked;

package io.holdfast.simulator;

import io.holdfast.fold.Owner;

/**
 * A presence member as the log has it.
 *
 * @param frame the frame that has entered it, or has said again that it is there
 */
record TrueMember(String data, Owner owner, String ownedAt, FrameKey frame) {}

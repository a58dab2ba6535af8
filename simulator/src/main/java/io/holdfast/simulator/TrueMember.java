package io.holdfast.simulator;

import io.holdfast.fold.Owner;

/** A presence member as the log has it. */
record TrueMember(String id, String data, Owner owner, String ownedAt) {}

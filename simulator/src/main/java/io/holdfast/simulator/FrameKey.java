package io.holdfast.simulator;

/** What a client frame is known by: a publisher's life and its number there. */
record FrameKey(String connectionId, long incarnation, long msgSerial) {}

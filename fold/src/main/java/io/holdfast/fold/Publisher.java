package io.holdfast.fold;

/**
 * Who numbers frames: a connection and which life of it. A recovered client is a new process that
 * may number from 0 again, so it gets the next incarnation.
 */
public record Publisher(String connectionId, int incarnation) {}

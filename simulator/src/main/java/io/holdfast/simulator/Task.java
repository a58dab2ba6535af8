package io.holdfast.simulator;

/**
 * Something that waits in a queue.
 *
 * @param bytes what it takes on a wire; 0 for what is no frame
 */
record Task(Runnable work, int bytes) {}

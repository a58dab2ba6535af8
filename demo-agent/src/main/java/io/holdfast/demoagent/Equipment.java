package io.holdfast.demoagent;

import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;

/**
 * What every room of the agent works with.
 *
 * @param name what the agent is called
 * @param instance which of its processes this is
 * @param threads makes threads that may wait
 */
record Equipment(
    String name,
    String instance,
    Performance performance,
    Transcript transcript,
    ThreadFactory threads,
    InstantSource clock) {}

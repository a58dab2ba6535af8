package io.holdfast.fold;

/**
 * Which transport answers for a presence member.
 *
 * @param boot the run of the node that holds it
 * @param transport the transport's number in that run
 */
public record Owner(String boot, long transport) {}

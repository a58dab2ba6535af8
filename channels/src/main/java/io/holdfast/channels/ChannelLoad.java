package io.holdfast.channels;

/**
 * What a channel takes in memory, bytes.
 *
 * @param pendingBytes client frames that wait for their verdict
 * @param recentBytes events kept for those who come back
 * @param stateBytes folded state: changed and cached records, members, marks
 * @param attachments who is attached
 */
public record ChannelLoad(long pendingBytes, long recentBytes, long stateBytes, int attachments) {}

package io.holdfast.sessions;

/**
 * A message of a conversation with the id that the session knows it by. The id is what parents,
 * forks, edits and approvals point to; it is the same for everybody on the channel.
 *
 * @param codecMessageId the session's id of the message, not the message's own
 * @param message the message in the codec's form
 * @param <M> the codec's form of a message
 */
public record CodecMessage<M>(String codecMessageId, M message) {}

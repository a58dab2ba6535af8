package io.holdfast.sessions;

/** What a transport header says. What it is called on the wire stands in {@link WireNames}. */
enum Header {
  /** Whether the message grows by appends. */
  STREAM,
  /** How far a stream is: streaming, complete or cancelled. */
  STATUS,
  STREAM_ID,
  /** Set on the parts of a user's message only. */
  DISCRETE,
  RUN_ID,
  INVOCATION_ID,
  EVENT_ID,
  CODEC_MESSAGE_ID,
  /** Whose run it is; empty when nobody knows. */
  RUN_CLIENT_ID,
  /** Who published the input that called for this invocation, as the server stamped it. */
  INPUT_CLIENT_ID,
  ROLE,
  PARENT,
  FORK_OF,
  MSG_REGENERATE,
  /** The suspended run that a fork stands in for. */
  SUPERSEDES,
  RUN_REASON,
  ERROR_CODE,
  ERROR_MESSAGE,
  STEP_ID,
  /** Which attempt at the step this belongs to. */
  STEP_START_SERIAL,
  STEP_REASON,
  STEP_CLIENT_ID,
  /** The message that called for the run. */
  INPUT_CODEC_MESSAGE_ID,
  /** The steers that an answer has taken up, as a JSON array of message ids. */
  STEER_CODEC_MESSAGE_IDS
}

package io.holdfast.sessions;

/** What a message of a session is for; its name on the wire stands in {@link WireNames}. */
enum WireEvent {
  INPUT,
  OUTPUT,
  CANCEL,
  RUN_START,
  RUN_RESUME,
  RUN_SUSPEND,
  RUN_END,
  STEP_START,
  STEP_END
}

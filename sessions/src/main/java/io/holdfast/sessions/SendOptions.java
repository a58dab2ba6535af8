package io.holdfast.sessions;

import org.jspecify.annotations.Nullable;

/**
 * Where an input goes, other than behind what is shown.
 *
 * @param parent the message it follows; null for the last one shown, unless it forks
 * @param first whether it follows nothing
 * @param forkOf the message it stands beside, or null
 * @param runId the run it goes into, or null for one of its own
 * @param role who speaks
 * @param supersedes the run that the answer stands in for, or null
 */
public record SendOptions(
    @Nullable String parent,
    boolean first,
    @Nullable String forkOf,
    @Nullable String runId,
    Role role,
    @Nullable String supersedes) {
  /** Behind the last message shown, as the user. */
  public static final SendOptions DEFAULT =
      new SendOptions(null, false, null, null, Role.USER, null);

  /** Lets this run go on, which waits for an answer. */
  public static SendOptions into(String runId) {
    return new SendOptions(null, false, null, runId, Role.USER, null);
  }

  /** Behind this message. */
  public SendOptions behind(String codecMessageId) {
    return new SendOptions(codecMessageId, false, forkOf, runId, role, supersedes);
  }

  /** As the first message. */
  public SendOptions asFirst() {
    return new SendOptions(null, true, forkOf, runId, role, supersedes);
  }

  /** Beside this message. */
  public SendOptions forkOf(String codecMessageId) {
    return new SendOptions(parent, first, codecMessageId, runId, role, supersedes);
  }

  /** In the place of this run, which is then not shown any more. */
  public SendOptions superseding(String other, Role speaker) {
    return new SendOptions(parent, first, forkOf, runId, speaker, other);
  }
}

package io.holdfast.demoagent;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model is asked.
 *
 * @param instructions how it is to answer, for a model that can read
 * @param turns the conversation, the oldest first
 * @param question what is to be answered
 * @param remark what somebody added while it was answering; null when nobody did
 * @param attempt how many answers to this question there are already
 */
record Prompt(
    String instructions,
    List<Turn> turns,
    String question,
    @Nullable String remark,
    int attempt,
    Wishes wishes) {
  Prompt {
    turns = List.copyOf(turns);
  }

  /** The same conversation with these turns after it. */
  Prompt followedBy(List<Turn> more) {
    List<Turn> all = new ArrayList<>(turns);
    all.addAll(more);
    return new Prompt(instructions, all, question, remark, attempt, wishes);
  }
}

package io.holdfast.demoagent;

import io.holdfast.sessions.UiChunk;
import java.util.List;

/** What answers. */
interface Model {
  /** Takes what a model puts out. */
  interface Sink {
    /** Takes one chunk; blocks while the one before is not written. */
    void take(UiChunk chunk) throws InterruptedException;
  }

  /**
   * What a call of a model came to.
   *
   * @param text all it said
   * @param calls the tools it wants called, with their inputs whole
   */
  record Said(String text, List<Turn.Call> calls) {}

  /** That a model could not go on; the message is for everybody to read. */
  final class Broken extends Exception {
    private static final long serialVersionUID = 1L;

    Broken(String message) {
      super(message);
    }
  }

  /**
   * Answers once: puts out thoughts, texts and the inputs of tool calls; blocks until it is done.
   * An interrupt ends it.
   */
  Said answer(Prompt prompt, Sink out) throws InterruptedException, Broken;
}

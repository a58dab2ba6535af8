package io.holdfast.demoagent;

import io.holdfast.sessions.UiChunk;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.BooleanSupplier;

/**
 * An answer that can be asked to end politely: after the paragraph that is being written. It is
 * closed then as if the model had ended there.
 */
final class ParagraphCut implements Iterator<UiChunk> {
  private final Iterator<UiChunk> chunks;
  private final BooleanSupplier wanted;
  private final ArrayDeque<UiChunk> ending = new ArrayDeque<>();
  private String last = "";
  private boolean cut;

  /**
   * @param wanted whether it is to end; asked where a paragraph does
   */
  ParagraphCut(Iterator<UiChunk> chunks, BooleanSupplier wanted) {
    this.chunks = chunks;
    this.wanted = wanted;
  }

  /** Whether it ended before the model had. */
  boolean cut() {
    return cut;
  }

  @Override
  public boolean hasNext() {
    return cut ? !ending.isEmpty() : chunks.hasNext();
  }

  @Override
  public UiChunk next() {
    if (cut) {
      return ending.removeFirst();
    }
    UiChunk chunk = chunks.next();
    if (chunk instanceof UiChunk.TextStart) {
      last = "";
    }
    return chunk instanceof UiChunk.TextDelta delta ? follow(delta) : chunk;
  }

  private UiChunk follow(UiChunk.TextDelta chunk) {
    String text = last + chunk.delta();
    int at = text.indexOf("\n\n");
    if (at < 0 || !wanted.getAsBoolean()) {
      last = chunk.delta().endsWith("\n") ? "\n" : "";
      return chunk;
    }
    cut = true;
    // what precedes the empty line; a newline of it may have been told already
    String rest = text.substring(last.length(), Math.max(at, last.length()));
    if (!rest.isEmpty()) {
      ending.add(new UiChunk.TextDelta(chunk.id(), rest));
    }
    ending.add(new UiChunk.TextEnd(chunk.id()));
    ending.add(new UiChunk.FinishStep());
    ending.add(new UiChunk.Finish("stop", null));
    return ending.removeFirst();
  }
}

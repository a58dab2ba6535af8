package io.holdfast.sessions;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands beside a message: its edits, or the answers given in its place.
 *
 * @param siblings in the order of the channel, the message itself among them; empty when the
 *     message is not known
 * @param index which of them is shown
 * @param <M> the codec's form of a message
 */
public record BranchSelection<M>(List<CodecMessage<M>> siblings, int index) {
  /** Copies the list. */
  public BranchSelection {
    siblings = List.copyOf(siblings);
  }

  /** Whether there is anything to choose from. */
  public boolean hasSiblings() {
    return siblings.size() > 1;
  }

  /** The one that is shown, or null when the message is not known. */
  public @Nullable CodecMessage<M> selected() {
    return index < siblings.size() ? siblings.get(index) : null;
  }
}

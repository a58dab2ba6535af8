package io.holdfast.simulator;

import io.holdfast.fold.Entry;
import io.holdfast.fold.EntryCodec;
import io.holdfast.fold.Origin;
import io.holdfast.fold.Part;
import io.holdfast.protocol.Message;
import java.util.HashSet;
import java.util.Set;

/** The very frames that the engine did not take: they may be refused, and come late if unheard. */
final class Unstored {
  private final Set<FrameKey> frames = new HashSet<>();

  /** By what they bring or change: REST numbers nothing. */
  private final Set<String> marks = new HashSet<>();

  void add(byte[] bytes) {
    Entry entry = EntryCodec.decode(bytes);
    for (Part part : entry.parts()) {
      switch (part) {
        case Part.Publish publish -> {
          add(publish.origin());
          marks.add(TrueChannel.ids(publish.messages()));
          for (Message message : publish.messages()) {
            marks.add(TrueChannel.text(message.data()));
          }
        }
        case Part.Mutate mutate -> {
          add(mutate.origin());
          marks.add(
              mutate.change().data() == null
                  ? mutate.target()
                  : TrueChannel.text(mutate.change().data()));
        }
        case Part.Append append -> append.pieces().forEach(piece -> add(piece.origin()));
        case Part.Annotate annotate -> add(annotate.origin());
        case Part.Presence presence -> add(presence.origin());
        case Part.Operate operate -> {
          add(operate.origin());
          marks.add(TrueObjects.ids(operate));
        }
        case Part.Collect collect -> {
          // what is due is looked for again
        }
        case Part.Expire expire -> {
          // and so is this
        }
        case Part.Own own -> {
          // the node says it again by itself
        }
        case Part.Depart depart -> {
          // and this
        }
      }
    }
  }

  private void add(Origin origin) {
    FrameKey key = TrueChannel.key(origin);
    if (key != null) {
      frames.add(key);
    }
  }

  boolean has(FrameKey frame) {
    return frames.contains(frame);
  }

  /** By the ids that a client gave. */
  boolean has(String ids) {
    return marks.contains(ids);
  }

  boolean has(Operation operation) {
    String ids = operation.idempotencyKey();
    if (ids != null && has(ids)) {
      return true;
    }
    if (!operation.names().isEmpty()) {
      return has(operation.names().getLast());
    }
    String target = String.valueOf(operation.target());
    return operation.tokens().isEmpty()
        ? marks.contains(target)
        : marks.contains(operation.tokens().getFirst());
  }
}

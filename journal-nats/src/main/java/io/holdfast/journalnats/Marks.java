package io.holdfast.journalnats;

import io.nats.client.impl.Headers;

/** The headers of what is published. */
final class Marks {
  /** Names a publication: what comes again under it within the window is stored once. */
  static final String ID = "Nats-Msg-Id";

  static final String EXPECTED = "Nats-Expected-Last-Subject-Sequence";
  static final String ROLLUP = "Nats-Rollup";
  static final String TTL = "Nats-TTL";

  /** On what says that a channel was deleted, in the place of its newest entry or of its head. */
  static final String DELETED = "Hf-Deleted";

  /** The subject of the channel that a piece belongs to. */
  static final String OF = "Hf-Of";

  /** The names of a channel whose subject does not tell them, escaped as in a subject. */
  static final String APP = "Hf-App";

  static final String CHANNEL = "Hf-Channel";

  /**
   * As long is a deletion remembered: twice as long as a node may go without looking at a channel.
   */
  static final String REMEMBERED = "600s";

  private Marks() {}

  static Headers named(String id, NatsOptions options) {
    Headers headers = new Headers().put(ID, id);
    if (options.keptAtMost() != null) {
      headers.put(TTL, options.keptAtMost().toSeconds() + "s");
    }
    return headers;
  }

  /** Names a channel whose subject does not. */
  static void name(Headers headers, Subjects.OfChannel channel) {
    if (channel.hashed()) {
      headers.put(APP, Names.escaped(channel.id().app()));
      headers.put(CHANNEL, Names.escaped(channel.id().name()));
    }
  }
}

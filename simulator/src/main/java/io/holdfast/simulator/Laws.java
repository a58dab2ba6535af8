package io.holdfast.simulator;

import io.holdfast.fold.Part;

/** What a channel's truth is judged by beside its log. */
interface Laws {
  /** The smallest message limit there has been. */
  int leastMessageBytes();

  /** The frames that the engine did not take. */
  Unstored unstored();

  Departures departures();

  /** Told of each part of the log. */
  void stored(TrueChannel channel, Part part);
}

package io.holdfast.simulator;

/** What a channel's truth is judged by beside its log. */
interface Laws {
  /** The smallest message limit there has been. */
  int leastMessageBytes();

  /** The frames that the engine did not take. */
  Unstored unstored();

  Departures departures();
}

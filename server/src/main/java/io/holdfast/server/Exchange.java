package io.holdfast.server;

/**
 * A request that is answered late, or bit by bit, by who keeps it meanwhile. It may be answered
 * from any thread.
 */
interface Exchange {
  Request request();

  /** Has a watcher told, from now on, on a thread that must only hand over. */
  void watch(Watcher now);

  /** Answers all at once; nothing if it has been answered. */
  void answer(Response response);

  /** Begins an answer that comes bit by bit. */
  void begin(String type);

  /**
   * A bit of the answer, which leaves at once.
   *
   * @param left runs when it has, whether or not it could; it must only hand over
   */
  void send(byte[] bytes, Runnable left);

  /** There is no more of it. */
  void end();

  /** Has the client see its socket break: what it was sent may lack something. */
  void breakOff();

  /** Is told what happens to the socket before the answer has left. */
  interface Watcher {
    /**
     * The client has hung up, before the answer or after it: what was written last may not have
     * reached it.
     */
    void gone();

    /** The socket has room again, or has none. */
    default void writabilityChanged() {}

    /** The node that has the socket is about to stop, so the client should ask elsewhere soon. */
    default void leaving() {}
  }
}

package io.holdfast.client;

import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Frame;
import java.util.Map;

/**
 * What carries frames to one server until it breaks. Its methods are called on the loop, do not
 * wait and do nothing once it is closed. How much may wait to be sent is bounded by the {@link
 * Outbox}, which hands over no more than the server has yet to acknowledge.
 */
interface Transport {
  void send(Frame frame);

  /** So many frames that {@link Events#frame} told have been dealt with; as many more may come. */
  void taken(int frames);

  /** What to show from now on to those that ask for credentials with every request. */
  default void authorised(Map<String, String> credentials) {}

  /** Ends it; nothing is told after this. */
  void close();

  /** What happens to a transport. Told on any thread, one after another. */
  interface Events {
    /** Frames can be sent. */
    void opened();

    /** A frame has come. */
    void frame(Decoded frame);

    /** It is gone. */
    void lost(Loss why);
  }

  /** How a transport was lost. */
  record Loss(Kind kind, ErrorInfo error) {
    /** What the way it was lost says of the next attempt. */
    enum Kind {
      /** There is no way to the host; another transport would not get there either. */
      UNREACHABLE,
      /** The host was reached and did not let it through; another transport may get through. */
      REFUSED,
      /** It was there, and broke. */
      BROKEN
    }
  }

  /**
   * Where a transport goes.
   *
   * @param params of the query, credentials included
   */
  record Target(TransportKind kind, String host, Map<String, String> params) {
    @Override
    public String toString() {
      return kind + " to " + host;
    }
  }

  /** Makes transports. */
  interface Dialer {
    Transport dial(Target target, Events events);
  }
}

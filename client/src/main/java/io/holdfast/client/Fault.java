package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;

/** What goes wrong on this side of the wire, in the numbers of the public catalogue. */
enum Fault {
  BAD_REQUEST(40000, 400, "The request cannot be sent", "Correct it and try again"),
  NO_SERIAL(40003, 400, "The message names no serial", "Give the serial of the message to change"),
  TOO_LARGE(40009, 413, "The messages are larger than the server takes", "Publish less at once"),
  NO_CLIENT_ID(
      40012, 400, "The client has no name", "Give a client id in the options or the token"),
  BAD_DATA(40013, 400, "The data cannot be sent", "Give text, bytes or what JSON can say"),
  BAD_DELTA(
      40018,
      400,
      "A message that is the difference to another cannot be read",
      "What follows the last one that was read is asked for again by itself"),
  NO_OBJECT_MODE(
      40024,
      400,
      "The channel was attached without the mode for objects",
      "Attach it with OBJECT_SUBSCRIBE, and with credentials that allow it"),
  NO_KEY(40101, 401, "The options have no key", "Give a key, or ask where there is one"),
  WRONG_CLIENT_ID(
      40102, 401, "The token is for another client", "Ask for a token of this client's id"),
  NO_RENEWAL(
      40171, 401, "The token cannot be renewed", "Give a key or a source of tokens in the options"),
  TOKEN_SOURCE(80019, 401, "The source of tokens gave none", "See to it that it gives tokens"),
  SLOW_LISTENER(
      42916, 429, "A subscription fell too far behind", "Subscribe again and read the history"),
  INTERRUPTED(50000, 500, "The thread was interrupted", "Ask again where the answer matters"),
  UNREADABLE(50000, 500, "The server's answer cannot be read", "Look whether it is such a server"),
  TIMEOUT(50003, 504, "The server did not answer in time", "Try again"),
  SUSPENDED(80002, 503, "There has been no connection for a while", "It is tried again by itself"),
  DISCONNECTED(80003, 503, "The connection was lost", "It is made again by itself"),
  CLOSED(80017, 400, "The connection is closed", "Connect again"),
  OUTCOME_UNKNOWN(
      80018,
      400,
      "The connection was lost before the server answered, so it may have been applied or not",
      "Look at the message, or update it with all of its data"),
  DETACHED(90001, 400, "The channel is not attached", "Attach it"),
  QUEUE_FULL(
      90006,
      429,
      "Too much waits to be sent and acknowledged",
      "Wait for some of it, or allow more"),
  ATTACH_TIMEOUT(
      90007, 408, "The server did not answer the attach or detach", "It is tried again by itself"),
  SUPERSEDED(90000, 409, "Another request for the channel came in between", "Ask again"),
  NO_SUBSCRIBE_MODE(
      90009,
      400,
      "The channel was attached without the mode to subscribe",
      "Attach it with the mode, and with credentials that allow it"),
  NOT_REENTERED(91004, 400, "A member could not be entered again", "Enter it again"),
  OUT_OF_SYNC(
      91005, 400, "Who is present is not known while the channel is suspended", "Ask again later"),
  NO_OBJECT(92005, 400, "There is no object at the path", "Look what the root leads to"),
  WRONG_OBJECT(
      92007, 400, "The object at the path cannot do that", "Set keys of maps, add to counters"),
  NO_ANNOTATION_MODE(
      93001,
      400,
      "The channel was attached without the mode for annotations",
      "Attach it with ANNOTATION_SUBSCRIBE");

  private final int code;
  private final int status;
  private final String what;
  private final String remedy;

  Fault(int code, int status, String what, String remedy) {
    this.code = code;
    this.status = status;
    this.what = what;
    this.remedy = remedy;
  }

  ErrorInfo info() {
    return new ErrorInfo(code, status, what + ". " + remedy + ".", null);
  }

  /** With what is special to this case; never a secret. */
  ErrorInfo info(String detail) {
    return new ErrorInfo(code, status, what + ": " + detail + ". " + remedy + ".", null);
  }

  HoldfastException exception() {
    return new HoldfastException(info());
  }

  HoldfastException exception(String detail) {
    return new HoldfastException(info(detail));
  }
}

package io.holdfast.protocol;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every error a client can be sent. The numbers are the public catalogue's and never change; the
 * constants' names may. Each says what happened and what to do, in words safe to show.
 */
public enum ErrorCode {
  BAD_REQUEST(
      40000, 400, "The request could not be understood", "Check its fields and their types"),
  BAD_PARAMETER(
      40003,
      400,
      "A parameter has a value that is not accepted",
      "Correct the parameter and send the request again"),
  WRONG_CONNECTION(
      40006,
      400,
      "The message names a connection that cannot be used for it",
      "Publish with the connectionKey of an open connection of the same app"),
  MESSAGE_TOO_LARGE(
      40009,
      413,
      "The message is larger than the limit",
      "Send less in one message or raise the limit"),
  INVALID_CHANNEL_NAME(
      40010,
      400,
      "The channel name is not valid",
      "Use a name that is not empty and does not start with '[' or ':'"),
  PAGE_GONE(40011, 400, "The page can no longer be continued", "Start again from the first page"),
  INVALID_CLIENT_ID(
      40012,
      400,
      "The client id is not valid here",
      "Give a client id that is not empty and that the credentials allow"),
  INVALID_DATA(
      40013,
      400,
      "The message data or its encoding is not valid",
      "Send text, bytes or JSON and name every encoding step"),
  UNSUPPORTED_PROTOCOL(
      40017,
      400,
      "The protocol version is not supported",
      "Use a client that speaks version 2 to 6"),
  BATCH_FAILED(
      40020, 400, "Part of the batch failed", "Look at each result and repeat those that failed"),
  INVALID_MESSAGE_ID(
      40031,
      400,
      "The message id given by the client is not valid",
      "Give every message of a publish the same base followed by ':' and its index from 0"),
  INVALID_EXTRAS(
      40032,
      400,
      "The extras of the message are not valid",
      "Send extras as an object of permitted fields"),
  TOO_MANY_MESSAGES(40034, 400, "The publish holds too many messages", "Split it into several"),
  FORCED_NACK(
      40099, 400, "The publish asked to be refused", "Leave out _forceNack outside of tests"),
  INVALID_CREDENTIALS(
      40101, 401, "The credentials were not accepted", "Check the key or get a new token"),
  INCOMPATIBLE_CREDENTIALS(
      40102,
      401,
      "The credentials do not fit what they are used for",
      "Use the client id and app they were made for"),
  TOKEN_REQUEST_TIME(
      40104,
      401,
      "The timestamp of the token request is too far from the server's time",
      "Set the clock or ask the server for the time first"),
  NONCE_REUSED(
      40105,
      401,
      "The nonce of the token request has been used before",
      "Make a new token request for every token"),
  TOKEN_REVOKED(40141, 401, "The token has been revoked", "Get a new token if you still may"),
  TOKEN_EXPIRED(40142, 401, "The token has expired", "Get a new token"),
  TOKEN_UNRECOGNISED(40143, 401, "The token is not known here", "Get a new token from this server"),
  INVALID_JWT(
      40144,
      401,
      "The JWT is malformed or its signature is wrong",
      "Sign it with HS256 and the secret of the key that its kid names"),
  INVALID_TOKEN(40145, 401, "The token could not be read", "Get a new token"),
  CAPABILITY_DENIED(
      40160,
      401,
      "The credentials lack the capability for this",
      "Use a key or token whose capability names the operation and the channel"),
  NEEDS_KEY(
      40162, 401, "This needs a key and was asked with a token", "Authenticate with the API key"),
  REVOCATION_DISABLED(
      40163,
      401,
      "The key's tokens cannot be revoked",
      "Set revocableTokens for the key; it holds for tokens issued after that"),
  MODE_NOT_REQUESTED(
      40165,
      401,
      "The channel was attached without the mode for this",
      "Attach with the mode and try again"),
  NOT_YOUR_MESSAGE(
      40166,
      401,
      "Only one's own messages may be changed and this connection has no client id",
      "Connect with a client id or use a capability for any message"),
  NOT_FOUND(
      40400,
      404,
      "What was asked for does not exist",
      "Check the path, the app, the key and the serial"),
  METHOD_NOT_ALLOWED(
      40500, 405, "The path does not answer to this method", "Use one of the methods of the path"),
  RATE_LIMITED(42910, 429, "Too many requests", "Wait a moment and send more slowly"),
  CONNECTION_RATE_LIMITED(
      42911,
      429,
      "The connection publishes faster than its limit",
      "Wait a moment and publish more slowly"),
  ENUMERATION_BUSY(
      42912,
      429,
      "The channels are being listed already",
      "Wait until the other listing has ended"),
  CHANNEL_RATE_LIMITED(
      42913,
      429,
      "The channel is published to faster than its limit",
      "Wait a moment and publish more slowly, or spread over more channels"),
  SLOW_READER(
      42916,
      429,
      "The connection reads more slowly than its channels speak",
      "Reconnect and resume, nothing is lost"),
  CONNECTION_TOO_FAST(
      42921,
      429,
      "The connection published far faster than its limit and was closed",
      "Publish more slowly"),
  INTERNAL(
      50000, 500, "Something failed inside the server", "Try again, and report it if it stays"),
  CHANNEL_FAILED(50001, 500, "The channel failed inside the server", "Attach again"),
  TIMEOUT(
      50003,
      504,
      "The outcome was not known in time",
      "Send it again with the same id, it will not be applied twice"),
  BUSY(50004, 503, "The server has more to do than it can hold", "Try again in a moment"),
  UNAVAILABLE(
      50005,
      503,
      "The server cannot take publishes now",
      "Try again later, and free disk space if it is yours"),
  DISCONNECTED(
      80003, 503, "The connection was interrupted", "Reconnect and resume, nothing is lost"),
  PROTOCOL_ERROR(
      80013,
      400,
      "The client sent what the protocol does not allow here",
      "Check the client's version"),
  SUPERSEDED(80016, 410, "A newer transport has taken over this connection", "Use the newer one"),
  CANNOT_RESUME(
      80018,
      400,
      "The connection cannot be resumed with this key",
      "Go on with the new connection, its channels attach again"),
  CONTINUITY_LOST(
      90003,
      404,
      "The channel's past is no longer kept back to where the client was",
      "Read history for what was missed"),
  TOO_MANY_CHANNELS(
      90010, 400, "The connection has attached to too many channels", "Detach from some of them"),
  PRESENCE_NEEDS_CLIENT_ID(
      91000,
      400,
      "Presence cannot be entered without a client id",
      "Connect with a client id or name one"),
  TOO_MANY_MEMBERS(
      91003, 400, "The channel has as many members as it can hold", "Wait until some have left"),
  INVALID_OBJECT_MESSAGE(
      92000,
      400,
      "The operation on a shared object is not valid",
      "Check its object id and its fields"),
  OBJECT_LIMIT_EXCEEDED(
      92001,
      400,
      "The channel's shared objects would take more than the limit",
      "Remove what is no longer needed or use more channels"),
  OBJECT_DELETED(
      92002,
      400,
      "The shared object has been deleted",
      "Create another one, a deleted one cannot be changed"),
  OBJECT_TREE_DELETED(
      92003,
      400,
      "The shared object to be read has been deleted",
      "Read another one or the channel's root"),
  OBJECT_NOT_FOUND(
      92004, 404, "There is no such shared object", "Check the object id and the channel"),
  NO_OBJECT_AT_PATH(
      92005, 400, "No shared object is at the path", "Check the path and what is at its parts"),
  OBJECT_NOT_NAMED(
      92006,
      400,
      "The operation does not say which shared object it is for",
      "Give an objectId or a path"),
  OBJECT_PATH_UNFIT(
      92007,
      400,
      "The operation does not fit what is at its path",
      "Set and remove keys of maps, and increment counters"),
  MUTATIONS_DISABLED(
      93002,
      400,
      "Messages cannot be changed in this namespace",
      "Set mutableMessages for the namespace");

  private static final Map<Integer, ErrorCode> BY_NUMBER = new HashMap<>();

  static {
    for (ErrorCode code : values()) {
      ErrorCode other = BY_NUMBER.put(code.number, code);
      if (other != null) {
        throw new IllegalStateException(code.number + " is both " + other + " and " + code);
      }
    }
  }

  private final int number;
  private final int status;
  private final String what;
  private final String remedy;

  ErrorCode(int number, int status, String what, String remedy) {
    this.number = number;
    this.status = status;
    this.what = what;
    this.remedy = remedy;
  }

  /** The code of this number, or null when we never send it. */
  public static @Nullable ErrorCode of(int number) {
    return BY_NUMBER.get(number);
  }

  public int number() {
    return number;
  }

  /** The HTTP status that goes with the code. */
  public int status() {
    return status;
  }

  public ErrorInfo info() {
    return new ErrorInfo(number, status, what + ". " + remedy + ".", null);
  }

  /** With what is special to this case: a field's name, a size, a limit; never a secret. */
  public ErrorInfo info(String detail) {
    return new ErrorInfo(number, status, what + ": " + detail + ". " + remedy + ".", null);
  }
}

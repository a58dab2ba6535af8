package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * An error as clients see it (TI1).
 *
 * @param code the catalogue's number, e.g. 40160
 * @param statusCode the HTTP status that goes with it
 * @param message what happened and what to do, safe to show to the client
 * @param href where to read more, or null
 * @param retryAfter when it is worth trying again, in ms from now; 0 where that is not known. No
 *     field on the wire: the message says it, and HTTP has a header for it
 */
public record ErrorInfo(
    int code, int statusCode, String message, @Nullable String href, long retryAfter) {
  private static final long SECOND = 1_000;

  public ErrorInfo(int code, int statusCode, String message, @Nullable String href) {
    this(code, statusCode, message, href, 0);
  }

  /** The same for who may try again after some time, and not before. */
  public ErrorInfo after(long ms) {
    String when = ms < SECOND ? ms + " ms" : Math.ceilDiv(ms, SECOND) + " s";
    return new ErrorInfo(code, statusCode, message + " Try again in " + when + ".", href, ms);
  }

  /** With another HTTP status. */
  public ErrorInfo withStatus(int status) {
    return new ErrorInfo(code, status, message, href, retryAfter);
  }
}

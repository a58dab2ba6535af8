package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * An error as clients see it (TI1).
 *
 * @param code the catalogue's number, e.g. 40160
 * @param statusCode the HTTP status that goes with it
 * @param message what happened and what to do, safe to show to the client
 * @param href where to read more, or null
 */
public record ErrorInfo(int code, int statusCode, String message, @Nullable String href) {}

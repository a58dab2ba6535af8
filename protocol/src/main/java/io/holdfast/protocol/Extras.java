package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A message's {@code extras}: an opaque JSON object kept as its compact UTF-8 text, with the few
 * fields the server acts on read once (TM2i).
 *
 * @param json the object as compact JSON text
 * @param ephemeral whether {@code ephemeral} is true: delivered live and never stored
 * @param transportStatus {@code ai.transport.status} of a streamed answer, or null
 */
public record Extras(String json, boolean ephemeral, @Nullable String transportStatus) {}

package io.holdfast.sessions;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One wire message of an input.
 *
 * @param fields the codec's headers by name, {@code kind} among them
 * @param data a text, a JSON value, or null for none
 * @param part whether it is a part of a message, all of which are published as one
 * @param role who speaks, where the input says so itself; else null
 */
public record InputWrite(
    Map<String, String> fields, @Nullable Object data, boolean part, @Nullable Role role) {}

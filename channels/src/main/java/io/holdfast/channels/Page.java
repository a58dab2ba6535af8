package io.holdfast.channels;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the past.
 *
 * @param next the key that the next page comes after; null when there is none
 */
public record Page<T>(List<T> items, @Nullable String next) {}

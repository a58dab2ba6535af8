package io.holdfast.channels;

import io.holdfast.journal.Direction;
import org.jspecify.annotations.Nullable;

/**
 * What part of a channel's past is wanted.
 *
 * @param start the earliest time, ms, inclusive; 0 for none
 * @param end the latest time, ms, inclusive; Long.MAX_VALUE for none
 * @param limit how many items a page has at the most
 * @param upTo a cursor or serial: items at or before it only; null for all
 * @param after the last key of the page before; null for the first page
 */
public record HistoryQuery(
    long start,
    long end,
    int limit,
    Direction direction,
    @Nullable String upTo,
    @Nullable String after) {}

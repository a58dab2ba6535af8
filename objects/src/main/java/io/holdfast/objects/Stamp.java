package io.holdfast.objects;

/**
 * Where an operation stands in its log.
 *
 * @param serial sorts as a string in the order of its site
 * @param site which log numbered it
 * @param time when, ms
 */
public record Stamp(String serial, String site, long time) {}

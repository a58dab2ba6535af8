package io.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * What an append, update or delete made: the serial of the message's new version, if one is told.
 */
public record UpdateResult(@Nullable String versionSerial) {}

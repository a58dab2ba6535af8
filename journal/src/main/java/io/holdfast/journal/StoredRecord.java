package io.holdfast.journal;

import org.jspecify.annotations.Nullable;

/**
 * A folded record of a channel.
 *
 * @param kind which family; each is scanned apart from the others
 * @param key its name within the family; families are scanned in the order of their keys' UTF-8
 * @param bytes the record; null, in a write, deletes it
 */
@SuppressWarnings("ArrayRecordComponent")
public record StoredRecord(byte kind, String key, byte @Nullable [] bytes) {}

package io.holdfast.objects;

/**
 * What an object's id was made from.
 *
 * @param value the create operation's payload as JSON text, byte for byte as it was hashed
 * @param nonce a text of the creator's, so that equal values make different objects
 */
public record Initial(String value, String nonce) {}

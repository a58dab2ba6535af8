package io.holdfast.simulator;

/**
 * What a client holds of a message.
 *
 * @param version the serial of the version it has
 * @param newest the newest version it has ever had
 */
record Copy(String text, String version, String newest) {}

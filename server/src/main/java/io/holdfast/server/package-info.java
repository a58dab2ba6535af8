/**
 * The doors and the one composition root: who is asking, what they may do, how the server was
 * configured, and the ways in and out. No rule about channels lives here.
 */
@NullMarked
package io.holdfast.server;

import org.jspecify.annotations.NullMarked;

/**
 * AI sessions on a channel: agents that stream answers into it, and people who read, branch and
 * steer them, on the same wire as the published JavaScript package of that protocol.
 *
 * <p>In come messages of one channel, live and from history, in any order; out come conversations
 * as trees, linear views of them, and messages to publish. What is shown is decided by serials
 * alone, never by the order in which messages happened to arrive. Application code never runs on
 * the thread that delivers messages, and nothing here reads a clock, mints an id or makes a thread
 * except through what a session was given.
 */
@NullMarked
package io.holdfast.sessions;

import org.jspecify.annotations.NullMarked;

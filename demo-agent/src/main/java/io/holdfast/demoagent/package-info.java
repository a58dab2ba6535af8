/**
 * The demo's agent: it answers in the sessions that the demo's host names, with a rehearsed model
 * or with a provider's, and does all it does over the public Java SDK.
 *
 * <p>In come lines of JSON from the host (which sessions to be in, which inputs to answer) and what
 * people say on the sessions' channels; out go answers, presence and progress on those channels,
 * and to the host one line for each job that was taken or dropped. No conversation is kept here, so
 * that the process may be killed at any time, and nothing is opened that another process may be
 * writing.
 */
@NullMarked
package io.holdfast.demoagent;

import org.jspecify.annotations.NullMarked;

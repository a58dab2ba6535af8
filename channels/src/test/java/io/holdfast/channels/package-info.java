/**
 * The channels' tests, and time and threads in a test's hands: nothing runs unless it is told to.
 */
@NullMarked
package io.holdfast.channels;

import org.jspecify.annotations.NullMarked;

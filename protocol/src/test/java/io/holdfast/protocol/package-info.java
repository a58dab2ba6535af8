/** The wire's tests: golden bytes, hostile bytes, and round trips of generated frames. */
@NullMarked
package io.holdfast.protocol;

import org.jspecify.annotations.NullMarked;

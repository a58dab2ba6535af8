/** The keepers' tests: time passes only when a test says so. */
@NullMarked
package io.holdfast.keepers;

import org.jspecify.annotations.NullMarked;

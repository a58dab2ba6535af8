/** The algebra's tests: that it converges, and that it does what clients do. */
@NullMarked
package io.holdfast.objects;

import org.jspecify.annotations.NullMarked;

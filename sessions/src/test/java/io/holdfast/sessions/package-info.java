@NullMarked
package io.holdfast.sessions;

import org.jspecify.annotations.NullMarked;

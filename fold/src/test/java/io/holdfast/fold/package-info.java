/**
 * The fold's tests: what entries do, what is stored of it, and that folding again changes nothing.
 */
@NullMarked
package io.holdfast.fold;

import org.jspecify.annotations.NullMarked;

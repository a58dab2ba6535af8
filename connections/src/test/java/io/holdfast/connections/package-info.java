/** The connections' tests: clients on transports that only move when a test says so. */
@NullMarked
package io.holdfast.connections;

import org.jspecify.annotations.NullMarked;

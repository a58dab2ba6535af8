/**
 * The wire: frames as sealed records, their JSON and MessagePack codecs, and the error codes.
 *
 * <p>In comes bytes, out go values; nothing here has a clock, a thread or state. Absent fields are
 * {@code null} (or 0 for a timestamp) and are never written; zeros and empty strings with a meaning
 * are.
 */
@NullMarked
package io.holdfast.protocol;

import org.jspecify.annotations.NullMarked;

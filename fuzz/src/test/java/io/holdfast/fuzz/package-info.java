/**
 * What comes from strangers, made up by a fuzzer that watches which of our code it reaches: bytes
 * into both codecs, and whole conversations into the handler of frames. Each target is one class
 * with {@code fuzzerTestOneInput}; whatever it throws, whatever hangs or keeps growing is a
 * finding. Tests only: nothing here is run by a server.
 */
@NullMarked
package io.holdfast.fuzz;

import org.jspecify.annotations.NullMarked;

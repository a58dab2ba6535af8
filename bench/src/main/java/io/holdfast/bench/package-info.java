/**
 * The bench: every figure beside a baseline measured in the same run, on the same machine.
 *
 * <p>{@link io.holdfast.bench.Main} only starts processes and reports. The server runs as a user
 * would start it, the load comes from {@code Load} in a process of its own, and the baselines
 * ({@code RawNetty}, {@code RawStore}) are processes too. The load speaks hand-written frames and
 * knows none of the product's modules: it must not share a bug or a shortcut with what it measures.
 * {@code SessionsAgent} alone is a program on the product's sessions, because it is measured.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.bench;

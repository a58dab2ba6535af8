/**
 * What the product does again and again, measured alone in one thread by JMH, each beside the least
 * that could do it. {@code ./holdfast bench micro} runs it; the load of whole servers is {@code
 * bench}'s.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.micro;

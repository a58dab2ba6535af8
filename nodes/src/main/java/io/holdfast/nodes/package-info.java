/**
 * The nodes that work on one journal: which of them are there, and what they tell and ask one
 * another. There is no leader and no list of members that all agree on: each node says every second
 * that it is there, and every node believes what it hears. Nothing here is kept, and nothing that
 * has to be right may rest on it alone: the journal decides.
 *
 * <p>Topics and bytes come in; what they mean is the business of those who tell them.
 */
@NullMarked
package io.holdfast.nodes;

import org.jspecify.annotations.NullMarked;

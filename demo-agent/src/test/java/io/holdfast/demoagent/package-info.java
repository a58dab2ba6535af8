/** Tests of the demo's agent; what it does on a channel is tested by the demo's own tests. */
@NullMarked
package io.holdfast.demoagent;

import org.jspecify.annotations.NullMarked;

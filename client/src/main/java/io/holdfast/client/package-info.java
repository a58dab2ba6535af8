/**
 * The client: realtime channels over one connection that mends itself, and REST.
 *
 * <p>Begin with {@link io.holdfast.client.RealtimeClient#create} or {@link
 * io.holdfast.client.RestClient#create}. All state of a client is touched by one thread at a time,
 * its loop, which takes frames from the transport and requests from callers. The loop and the
 * transport's threads never run code of the application and never wait for a write; listeners run
 * on the executor of the {@link io.holdfast.client.ClientOptions}, in order for each subscription.
 *
 * <p>Calls that wait are meant for virtual threads: they throw {@link InterruptedException} when
 * their thread is interrupted, and {@link io.holdfast.client.HoldfastException} with a code when
 * they fail. Whoever would rather not wait takes the variant whose name ends in {@code Async}.
 * Nothing here is global, and every queue has a bound that its type states.
 */
@NullMarked
package io.holdfast.client;

import org.jspecify.annotations.NullMarked;

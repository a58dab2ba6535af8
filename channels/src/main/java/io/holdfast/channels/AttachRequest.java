package io.holdfast.channels;

import io.holdfast.fold.Owner;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection's wish to be attached.
 *
 * @param channelSerial where it was, null for a new start
 * @param rewind used only without a {@code channelSerial}, or with one that is owed a rewind
 * @param held what it holds, from its attachment before on this node; given away
 * @param owner who answers for its presence members now
 * @param attached told the attachment, on the subscriber's executor, before anything is sent
 */
public record AttachRequest(
    Subscriber subscriber,
    String connectionId,
    View view,
    @Nullable String channelSerial,
    @Nullable Rewind rewind,
    @Nullable Holding held,
    Owner owner,
    Consumer<Attachment> attached) {}

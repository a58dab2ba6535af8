package io.holdfast.client;

import io.holdfast.protocol.MessageSize;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Presence of a channel as its callers see it. */
final class LivePresence implements Presence {
  private static final int FRAME_BYTES = 256;

  private final House house;
  private final LiveChannel channel;

  LivePresence(House house, LiveChannel channel) {
    this.house = house;
    this.channel = channel;
  }

  private CompletableFuture<Void> saying(
      PresenceAction action, @Nullable String clientId, @Nullable Object data) {
    if (clientId == null) {
      String mine = house.credentials().clientId();
      boolean connected = house.link().standing().details() != null;
      if ("*".equals(mine) || (mine == null && connected)) {
        throw Fault.NO_CLIENT_ID.exception();
      }
    }
    Attachment attachment = channel.attachment();
    Coding coding = attachment.coding();
    PresenceMessage message = coding.presence(action, null, clientId, coding.encode(data));
    long size = MessageSize.of(message);
    channel.checkSize(size);
    Outbox.Pending pending =
        house
            .outbox()
            .admit(
                serial -> Attendance.frame(channel.name(), message, serial),
                size + FRAME_BYTES,
                true);
    return house
        .submit(pending, frame -> attachment.attendance().say(action, frame))
        .thenAccept(result -> {});
  }

  private CompletableFuture<Void> sayingAsync(
      PresenceAction action, @Nullable String clientId, @Nullable Object data) {
    try {
      return house.outside(saying(action, clientId, data));
    } catch (HoldfastException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void enter(@Nullable Object data) throws InterruptedException {
    Waiting.on(saying(PresenceAction.ENTER, null, data));
  }

  @Override
  public CompletableFuture<Void> enterAsync(@Nullable Object data) {
    return sayingAsync(PresenceAction.ENTER, null, data);
  }

  @Override
  public void update(@Nullable Object data) throws InterruptedException {
    Waiting.on(saying(PresenceAction.UPDATE, null, data));
  }

  @Override
  public CompletableFuture<Void> updateAsync(@Nullable Object data) {
    return sayingAsync(PresenceAction.UPDATE, null, data);
  }

  @Override
  public void leave(@Nullable Object data) throws InterruptedException {
    Waiting.on(saying(PresenceAction.LEAVE, null, data));
  }

  @Override
  public CompletableFuture<Void> leaveAsync(@Nullable Object data) {
    return sayingAsync(PresenceAction.LEAVE, null, data);
  }

  @Override
  public void enterClient(String clientId, @Nullable Object data) throws InterruptedException {
    Waiting.on(saying(PresenceAction.ENTER, clientId, data));
  }

  @Override
  public CompletableFuture<Void> enterClientAsync(String clientId, @Nullable Object data) {
    return sayingAsync(PresenceAction.ENTER, clientId, data);
  }

  @Override
  public void updateClient(String clientId, @Nullable Object data) throws InterruptedException {
    Waiting.on(saying(PresenceAction.UPDATE, clientId, data));
  }

  @Override
  public CompletableFuture<Void> updateClientAsync(String clientId, @Nullable Object data) {
    return sayingAsync(PresenceAction.UPDATE, clientId, data);
  }

  @Override
  public void leaveClient(String clientId, @Nullable Object data) throws InterruptedException {
    Waiting.on(saying(PresenceAction.LEAVE, clientId, data));
  }

  @Override
  public CompletableFuture<Void> leaveClientAsync(String clientId, @Nullable Object data) {
    return sayingAsync(PresenceAction.LEAVE, clientId, data);
  }

  @Override
  public List<Member> get() throws InterruptedException {
    return Waiting.on(getting());
  }

  @Override
  public CompletableFuture<List<Member>> getAsync() {
    return house.outside(getting(), members -> members);
  }

  private CompletableFuture<List<Member>> getting() {
    if (channel.state() == ChannelState.SUSPENDED) {
      return CompletableFuture.failedFuture(Fault.OUT_OF_SYNC.exception());
    }
    Attendance attendance = channel.attachment().attendance();
    return channel
        .attaching()
        .thenCompose(attached -> house.onLoop(attendance::awaitSync))
        .thenApply(synced -> attendance.roster().present());
  }

  @Override
  public List<Member> known() {
    return channel.attachment().attendance().roster().present();
  }

  @Override
  public boolean complete() {
    return channel.state() == ChannelState.ATTACHED
        && !channel.attachment().attendance().roster().syncing();
  }

  @Override
  public Subscription subscribe(Consumer<? super Member> listener) throws InterruptedException {
    return channel.attachedFor(
        changes().listen(listener), ChannelMode.PRESENCE_SUBSCRIBE, Fault.NO_SUBSCRIBE_MODE);
  }

  @Override
  public Feed<Member> changes() {
    return channel.attachment().attendance().changes();
  }

  @Override
  public Page<Member> history(HistoryQuery query) throws InterruptedException {
    return channel
        .histories()
        .presence(query, channel.attachedAt(query), channel.attachment().coding());
  }
}

package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.MessageSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A channel as its callers see it: hands what they ask to the loop and waits where they wait. */
final class LiveChannel implements Channel {
  /** What a server takes when it does not say. */
  private static final int MESSAGE_MAX = 65_536;

  private static final int FRAME_MAX = 524_288;

  /** What an item of several takes in a frame beside its data, roughly. */
  private static final int ITEM_BYTES = 64;

  /** What a frame weighs beside its data, roughly. */
  private static final int FRAME_BYTES = 256;

  private final House house;
  private final Attachment attachment;
  private final LivePresence presence;
  private final LiveAnnotations annotations;
  private final ChannelObjects objects;

  LiveChannel(House house, Attachment attachment) {
    this.house = house;
    this.attachment = attachment;
    this.presence = new LivePresence(house, this);
    this.annotations = new LiveAnnotations(house, this);
    this.objects = new ChannelObjects(house, this);
  }

  Attachment attachment() {
    return attachment;
  }

  @Override
  public String name() {
    return attachment.name();
  }

  @Override
  public ChannelState state() {
    return attachment.state();
  }

  @Override
  public @Nullable ErrorInfo reason() {
    return attachment.standing().reason();
  }

  @Override
  public ChannelOptions options() {
    return attachment.options();
  }

  @Override
  public Set<ChannelMode> modes() {
    return attachment.standing().modes();
  }

  @Override
  public Map<String, String> params() {
    return attachment.standing().params();
  }

  @Override
  public @Nullable String attachSerial() {
    return attachment.standing().attachSerial();
  }

  @Override
  public @Nullable String channelSerial() {
    return attachment.channelSerial();
  }

  // --- attaching ---------------------------------------------------------------------------------

  @Override
  public void attach() throws InterruptedException {
    Waiting.on(attaching());
  }

  @Override
  public CompletableFuture<Void> attachAsync() {
    return house.outside(attaching());
  }

  CompletableFuture<Void> attaching() {
    return house.onLoop(attachment::attach);
  }

  @Override
  public void detach() throws InterruptedException {
    Waiting.on(house.onLoop(attachment::detach));
  }

  @Override
  public CompletableFuture<Void> detachAsync() {
    return house.outside(house.onLoop(attachment::detach));
  }

  @Override
  public void configure(ChannelOptions options) throws InterruptedException {
    Waiting.on(configuring(options));
  }

  @Override
  public CompletableFuture<Void> configureAsync(ChannelOptions options) {
    return house.outside(configuring(options));
  }

  private CompletableFuture<Void> configuring(ChannelOptions options) {
    return house.onLoop(done -> attachment.configure(options, done));
  }

  @Override
  public Feed<ChannelChange> changes() {
    return attachment.changes();
  }

  // --- publishing --------------------------------------------------------------------------------

  @Override
  public PublishResult publish(@Nullable String name, @Nullable Object data)
      throws InterruptedException {
    return publish(Message.of(name, data));
  }

  @Override
  public PublishResult publish(Message message) throws InterruptedException {
    return publish(List.of(message));
  }

  @Override
  public PublishResult publish(List<Message> messages) throws InterruptedException {
    return result(Waiting.on(publishing(messages)));
  }

  @Override
  public CompletableFuture<PublishResult> publishAsync(Message message) {
    return publishAsync(List.of(message));
  }

  @Override
  public CompletableFuture<PublishResult> publishAsync(List<Message> messages) {
    return started(() -> publishing(messages), LiveChannel::result);
  }

  /** What cannot be sent fails the future, as everything that goes wrong later does. */
  private <A, B> CompletableFuture<B> started(
      java.util.function.Supplier<CompletableFuture<A>> start, Function<A, B> result) {
    try {
      return house.outside(start.get(), result);
    } catch (HoldfastException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  static PublishResult result(Frame.PublishResult wire) {
    return new PublishResult(wire.serials());
  }

  private CompletableFuture<Frame.PublishResult> publishing(List<Message> messages) {
    if (messages.isEmpty()) {
      throw Fault.BAD_REQUEST.exception("no messages");
    }
    Coding coding = attachment.coding();
    String base = house.ids().next();
    boolean named = messages.stream().anyMatch(message -> message.id() != null);
    List<io.holdfast.protocol.Message> wire = new ArrayList<>(messages.size());
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      String id = named ? message.id() : base + ":" + i;
      wire.add(coding.encode(message, MessageAction.CREATE, id, null));
    }
    return send(wire, true);
  }

  private CompletableFuture<Frame.PublishResult> send(
      List<io.holdfast.protocol.Message> wire, boolean repeatable) {
    long size = 0;
    for (io.holdfast.protocol.Message message : wire) {
      size += MessageSize.of(message);
    }
    checkSize(size, wire.size(), house.link().standing().details());
    List<io.holdfast.protocol.Message> all = List.copyOf(wire);
    Outbox.Pending pending =
        house
            .outbox()
            .admit(
                serial -> new Frame.Messages(name(), all, serial, null, null, null, 0, Map.of()),
                size + (long) FRAME_BYTES * all.size(),
                repeatable);
    return house.submit(pending, attachment::publish);
  }

  void checkSize(long size) {
    checkSize(size, 1, house.link().standing().details());
  }

  /**
   * Refuses what the server would: more data than it takes at once, and more items than fit into a
   * frame of its, which it does not forgive the connection.
   */
  static void checkSize(
      long size, int items, io.holdfast.protocol.@Nullable ConnectionDetails details) {
    int max =
        details == null || details.maxMessageSize() <= 0 ? MESSAGE_MAX : details.maxMessageSize();
    if (size > max) {
      throw Fault.TOO_LARGE.exception(size + " bytes where " + max + " may be");
    }
    int frame = details == null || details.maxFrameSize() <= 0 ? FRAME_MAX : details.maxFrameSize();
    if (items > 1 && size + (long) items * ITEM_BYTES > frame) {
      throw Fault.TOO_LARGE.exception(items + " at once do not fit into a frame of " + frame);
    }
  }

  @Override
  public UpdateResult append(String serial, Object data) throws InterruptedException {
    return append(Message.builder().serial(serial).data(data).build(), Operation.NONE);
  }

  @Override
  public UpdateResult append(Message message, Operation operation) throws InterruptedException {
    return version(Waiting.on(changing(message, MessageAction.APPEND, operation)));
  }

  @Override
  public CompletableFuture<UpdateResult> appendAsync(Message message, Operation operation) {
    return started(() -> changing(message, MessageAction.APPEND, operation), LiveChannel::version);
  }

  @Override
  public UpdateResult update(Message message, Operation operation) throws InterruptedException {
    return version(Waiting.on(changing(message, MessageAction.UPDATE, operation)));
  }

  @Override
  public CompletableFuture<UpdateResult> updateAsync(Message message, Operation operation) {
    return started(() -> changing(message, MessageAction.UPDATE, operation), LiveChannel::version);
  }

  @Override
  public UpdateResult delete(Message message, Operation operation) throws InterruptedException {
    return version(Waiting.on(changing(message, MessageAction.DELETE, operation)));
  }

  @Override
  public CompletableFuture<UpdateResult> deleteAsync(Message message, Operation operation) {
    return started(() -> changing(message, MessageAction.DELETE, operation), LiveChannel::version);
  }

  private CompletableFuture<Frame.PublishResult> changing(
      Message message, MessageAction action, Operation operation) {
    if (message.serial() == null || message.serial().isEmpty()) {
      throw Fault.NO_SERIAL.exception();
    }
    io.holdfast.protocol.Message wire =
        attachment.coding().encode(message, action, message.id(), operation);
    return send(List.of(wire), action != MessageAction.APPEND);
  }

  private static UpdateResult version(Frame.PublishResult wire) {
    return new UpdateResult(wire.serials().isEmpty() ? null : wire.serials().get(0));
  }

  // --- hearing -----------------------------------------------------------------------------------

  @Override
  public Subscription subscribe(Consumer<? super Message> listener) throws InterruptedException {
    return attachedFor(messages().listen(listener));
  }

  @Override
  public Subscription subscribe(String name, Consumer<? super Message> listener)
      throws InterruptedException {
    return attachedFor(messages(name).listen(listener));
  }

  /** The subscription once the channel is attached; without the mode it would never be told. */
  private Subscription attachedFor(Subscription subscription) throws InterruptedException {
    return attachedFor(subscription, ChannelMode.SUBSCRIBE, Fault.NO_SUBSCRIBE_MODE);
  }

  Subscription attachedFor(Subscription subscription, ChannelMode mode, Fault missing)
      throws InterruptedException {
    boolean good = false;
    try {
      attach();
      if (state() == ChannelState.ATTACHED && !modes().contains(mode)) {
        throw missing.exception();
      }
      good = true;
      return subscription;
    } finally {
      if (!good) {
        subscription.close();
      }
    }
  }

  @Override
  public Feed<Message> messages() {
    return attachment.messages();
  }

  @Override
  public Feed<Message> messages(String name) {
    return attachment.messages().filtered(message -> Objects.equals(message.name(), name));
  }

  // --- reading -----------------------------------------------------------------------------------

  Histories histories() {
    return new Histories(house.rest(), name());
  }

  @Nullable String attachedAt(HistoryQuery query) {
    if (!query.untilAttach()) {
      return null;
    }
    Attachment.Standing standing = attachment.standing();
    if (standing.state() != ChannelState.ATTACHED || standing.attachSerial() == null) {
      throw Fault.DETACHED.exception("history until attach is of attached channels");
    }
    return standing.attachSerial();
  }

  @Override
  public Page<Message> history(HistoryQuery query) throws InterruptedException {
    return histories().messages(query, attachedAt(query), attachment.coding());
  }

  @Override
  public Message message(String serial) throws InterruptedException {
    return histories().message(serial, attachment.coding());
  }

  @Override
  public Page<Message> versions(String serial) throws InterruptedException {
    return histories().versions(serial, attachment.coding());
  }

  @Override
  public Presence presence() {
    return presence;
  }

  @Override
  public Annotations annotations() {
    return annotations;
  }

  @Override
  public LiveObjects objects() {
    return objects;
  }
}

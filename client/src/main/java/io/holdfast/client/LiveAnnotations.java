package io.holdfast.client;

import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.MessageSize;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Annotations of a channel as its callers see them. */
final class LiveAnnotations implements Annotations {
  private static final int FRAME_BYTES = 256;

  private final House house;
  private final LiveChannel channel;

  LiveAnnotations(House house, LiveChannel channel) {
    this.house = house;
    this.channel = channel;
  }

  private CompletableFuture<Frame.PublishResult> saying(
      String messageSerial, Annotation annotation, AnnotationAction action) {
    if (messageSerial.isEmpty()) {
      throw Fault.NO_SERIAL.exception();
    }
    if (annotation.type().isEmpty()) {
      throw Fault.BAD_REQUEST.exception("an annotation has a type");
    }
    Attachment attachment = channel.attachment();
    String id = annotation.id() == null ? house.ids().next() + ":0" : annotation.id();
    io.holdfast.protocol.Annotation wire =
        attachment.coding().encode(annotation, action, id, messageSerial);
    long size = MessageSize.of(wire);
    channel.checkSize(size);
    List<io.holdfast.protocol.Annotation> one = List.of(wire);
    Outbox.Pending pending =
        house
            .outbox()
            .admit(
                serial -> new Frame.Annotations(channel.name(), one, serial, null, null, null, 0),
                size + FRAME_BYTES,
                true);
    return house.submit(pending, attachment::publish);
  }

  private CompletableFuture<PublishResult> sayingAsync(
      String messageSerial, Annotation annotation, AnnotationAction action) {
    try {
      return house.outside(saying(messageSerial, annotation, action), LiveChannel::result);
    } catch (HoldfastException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public PublishResult publish(String messageSerial, Annotation annotation)
      throws InterruptedException {
    return LiveChannel.result(
        Waiting.on(saying(messageSerial, annotation, AnnotationAction.CREATE)));
  }

  @Override
  public CompletableFuture<PublishResult> publishAsync(
      String messageSerial, Annotation annotation) {
    return sayingAsync(messageSerial, annotation, AnnotationAction.CREATE);
  }

  @Override
  public PublishResult delete(String messageSerial, Annotation annotation)
      throws InterruptedException {
    return LiveChannel.result(
        Waiting.on(saying(messageSerial, annotation, AnnotationAction.DELETE)));
  }

  @Override
  public CompletableFuture<PublishResult> deleteAsync(String messageSerial, Annotation annotation) {
    return sayingAsync(messageSerial, annotation, AnnotationAction.DELETE);
  }

  @Override
  public Subscription subscribe(Consumer<? super Annotation> listener) throws InterruptedException {
    return channel.attachedFor(
        changes().listen(listener), ChannelMode.ANNOTATION_SUBSCRIBE, Fault.NO_ANNOTATION_MODE);
  }

  @Override
  public Feed<Annotation> changes() {
    return channel.attachment().annotations();
  }

  @Override
  public Page<Annotation> get(String messageSerial, int limit) throws InterruptedException {
    return channel.histories().annotations(messageSerial, limit, channel.attachment().coding());
  }
}

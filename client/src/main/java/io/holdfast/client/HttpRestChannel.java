package io.holdfast.client;

import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.MessageAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A channel by REST. */
final class HttpRestChannel implements RestChannel {
  private final RestCaller rest;
  private final Ids ids;
  private final String name;
  private final Coding coding;
  private final String path;
  private final Histories histories;

  HttpRestChannel(RestCaller rest, Ids ids, String name, Coding coding) {
    this.rest = rest;
    this.ids = ids;
    this.name = name;
    this.coding = coding;
    this.path = "/channels/" + Addresses.encoded(name);
    this.histories = new Histories(rest, name);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public PublishResult publish(Message message) throws InterruptedException {
    return publish(List.of(message));
  }

  @Override
  public PublishResult publish(List<Message> messages) throws InterruptedException {
    String base = ids.next();
    boolean named = messages.stream().anyMatch(message -> message.id() != null);
    List<io.holdfast.protocol.Message> wire = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      String id = named ? message.id() : base + ":" + i;
      wire.add(coding.encode(message, MessageAction.CREATE, id, null));
    }
    byte[] body = BodyCodec.encodeMessages(wire, rest.format());
    Http.Answer answer =
        rest.call(new Http.Ask("POST", path + "/messages", Map.of(), body, true, Map.of()));
    return new PublishResult(serials(tree(answer)));
  }

  private static Map<?, ?> tree(Http.Answer answer) {
    return Answers.map(BodyCodec.decodeTree(answer.format(), answer.body()));
  }

  static List<@Nullable String> serials(Map<?, ?> answer) {
    List<@Nullable String> serials = new ArrayList<>();
    for (Object serial : Answers.list(answer.get("serials"))) {
      serials.add(Answers.text(serial));
    }
    return serials;
  }

  @Override
  public UpdateResult append(Message message, Operation operation) throws InterruptedException {
    return change(message, MessageAction.APPEND, operation);
  }

  @Override
  public UpdateResult update(Message message, Operation operation) throws InterruptedException {
    return change(message, MessageAction.UPDATE, operation);
  }

  @Override
  public UpdateResult delete(Message message, Operation operation) throws InterruptedException {
    return change(message, MessageAction.DELETE, operation);
  }

  private UpdateResult change(Message message, MessageAction action, Operation operation)
      throws InterruptedException {
    String serial = message.serial();
    if (serial == null || serial.isEmpty()) {
      throw Fault.NO_SERIAL.exception();
    }
    io.holdfast.protocol.Message wire = coding.encode(message, action, message.id(), operation);
    Http.Answer answer =
        rest.call(
            new Http.Ask(
                "PATCH",
                path + "/messages/" + Addresses.encoded(serial),
                Map.of(),
                BodyCodec.encodeTree(wire, rest.format()),
                action != MessageAction.APPEND,
                Map.of()));
    return new UpdateResult(Answers.text(tree(answer).get("versionSerial")));
  }

  @Override
  public Page<Message> history(HistoryQuery query) throws InterruptedException {
    refuseUntilAttach(query);
    return histories.messages(query, null, coding);
  }

  private static void refuseUntilAttach(HistoryQuery query) {
    if (query.untilAttach()) {
      throw Fault.DETACHED.exception("history until attach is of attached channels");
    }
  }

  @Override
  public Message message(String serial) throws InterruptedException {
    return histories.message(serial, coding);
  }

  @Override
  public Page<Message> versions(String serial) throws InterruptedException {
    return histories.versions(serial, coding);
  }

  @Override
  public Page<Member> presence() throws InterruptedException {
    return histories.present(coding);
  }

  @Override
  public Page<Member> presenceHistory(HistoryQuery query) throws InterruptedException {
    refuseUntilAttach(query);
    return histories.presence(query, null, coding);
  }

  @Override
  public void annotate(String messageSerial, Annotation annotation) throws InterruptedException {
    annotate(messageSerial, annotation, AnnotationAction.CREATE);
  }

  @Override
  public void deleteAnnotation(String messageSerial, Annotation annotation)
      throws InterruptedException {
    annotate(messageSerial, annotation, AnnotationAction.DELETE);
  }

  private void annotate(String serial, Annotation annotation, AnnotationAction action)
      throws InterruptedException {
    String id = annotation.id() == null ? ids.next() + ":0" : annotation.id();
    List<io.holdfast.protocol.Annotation> wire =
        List.of(coding.encode(annotation, action, id, serial));
    rest.call(
        new Http.Ask(
            "POST",
            path + "/messages/" + Addresses.encoded(serial) + "/annotations",
            Map.of(),
            BodyCodec.encodeTree(wire, rest.format()),
            true,
            Map.of()));
  }

  @Override
  public Page<Annotation> annotations(String messageSerial, int limit) throws InterruptedException {
    return histories.annotations(messageSerial, limit, coding);
  }

  @Override
  public Map<String, Object> status() throws InterruptedException {
    Map<String, Object> status = new java.util.LinkedHashMap<>();
    tree(rest.call(Http.Ask.get(path, Map.of())))
        .forEach((key, value) -> status.put(String.valueOf(key), value));
    return status;
  }
}

package io.holdfast.client;

import java.util.List;

/** A channel by REST: each call is a request of its own, and nothing is attached. */
public interface RestChannel {
  /** The channel's name. */
  String name();

  /** Publishes one message. A repeated request is applied once. */
  PublishResult publish(Message message) throws InterruptedException;

  /** Publishes several messages at once: all of them, or none. */
  PublishResult publish(List<Message> messages) throws InterruptedException;

  /** Adds to the end of the data of the message with its serial. */
  UpdateResult append(Message message, Operation operation) throws InterruptedException;

  /** Replaces name, data and extras of the message with its serial by those that are given. */
  UpdateResult update(Message message, Operation operation) throws InterruptedException;

  /** Marks the message with its serial as deleted. */
  UpdateResult delete(Message message, Operation operation) throws InterruptedException;

  /** Messages that were published, each in its latest version. */
  Page<Message> history(HistoryQuery query) throws InterruptedException;

  /** The latest version of a message. */
  Message message(String serial) throws InterruptedException;

  /** The versions of a message, the oldest first. */
  Page<Message> versions(String serial) throws InterruptedException;

  /** Who is present. */
  Page<Member> presence() throws InterruptedException;

  /** Who entered, updated and left. */
  Page<Member> presenceHistory(HistoryQuery query) throws InterruptedException;

  /** Says something of a message. */
  void annotate(String messageSerial, Annotation annotation) throws InterruptedException;

  /** Takes back what was said of a message. */
  void deleteAnnotation(String messageSerial, Annotation annotation) throws InterruptedException;

  /** What was said of a message, the oldest first. */
  Page<Annotation> annotations(String messageSerial, int limit) throws InterruptedException;

  /** What the server knows of the channel, as JSON: whether it is in use, and by how many. */
  java.util.Map<String, Object> status() throws InterruptedException;
}

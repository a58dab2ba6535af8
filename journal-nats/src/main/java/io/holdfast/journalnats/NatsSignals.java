package io.holdfast.journalnats;

import io.holdfast.journal.Journal;
import io.holdfast.journal.Signals;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals as plain NATS messages. What is sent, asked and heard goes through the engine's thread,
 * which keeps its order; each of the three has a bound of its own, beyond which it is dropped.
 */
final class NatsSignals implements Signals {
  private static final Logger log = LoggerFactory.getLogger(NatsSignals.class);

  /** What a message takes of the servers' limit beside its bytes: its header. */
  private static final int MARGIN = 4_096;

  private static final int ASKED_MAX = 1 << 13;

  /** The header of a reply that is no answer. */
  private static final String NONE = "Holdfast-None";

  private final Subjects subjects;
  private final Link link;
  private final Intake sending;
  private final Intake hearing;

  // Guarded by this.
  private final Set<Asked> asked = new HashSet<>();
  private boolean closed;

  private static final class Asked {
    private final CompletableFuture<byte @Nullable []> answer = new CompletableFuture<>();
  }

  NatsSignals(Subjects subjects, EngineThread engine, Link link) {
    this.subjects = subjects;
    this.link = link;
    this.sending = new Intake(engine);
    this.hearing = new Intake(engine);
  }

  @Override
  public int largest() {
    return (int) Math.min(link.maxPayload(), Integer.MAX_VALUE) - MARGIN;
  }

  @Override
  public void send(String topic, byte[] bytes) {
    Signals.check(topic, bytes, largest());
    String subject = subjects.signal(topic);
    if (!sending.offer(bytes.length, () -> link.send(subject, null, bytes))) {
      log.debug("too much waits to be sent, so a signal was dropped");
    }
  }

  @Override
  public Journal.Subscription listen(String topic, Consumer<byte[]> listener) {
    return subscribed(topic, message -> listener.accept(message.getData()));
  }

  private Journal.Subscription subscribed(String topic, Consumer<Message> then) {
    Signals.check(topic);
    Heard heard = new Heard(then);
    heard.subscription = link.hear(subjects.signal(topic), heard);
    return heard;
  }

  /** One subscription. */
  private final class Heard implements Journal.Subscription, Consumer<Message> {
    private final Consumer<Message> then;
    private @Nullable Subscription subscription;
    private volatile boolean ended;

    Heard(Consumer<Message> then) {
      this.then = then;
    }

    @Override
    public void accept(Message message) {
      boolean taken =
          hearing.offer(
              message.getData().length,
              () -> {
                if (!ended) {
                  then.accept(message);
                }
              });
      if (!taken) {
        log.debug("too much waits to be heard, so a signal was dropped");
      }
    }

    @Override
    public void close() {
      ended = true;
      link.unsubscribe(subscription);
    }
  }

  @Override
  public CompletableFuture<byte @Nullable []> ask(String topic, byte[] question, long patience) {
    Signals.check(topic, question, largest());
    Asked waiting = new Asked();
    if (!enter(waiting)) {
      waiting.answer.complete(null);
      return waiting.answer;
    }
    String subject = subjects.signal(topic);
    boolean taken =
        sending.offer(
            question.length,
            () -> {
              var _ =
                  link.ask(subject, null, question, patience)
                      .thenAccept(reply -> leave(waiting, answer(reply)));
            });
    if (!taken) {
      leave(waiting, null);
    }
    return waiting.answer;
  }

  private static byte @Nullable [] answer(Reply reply) {
    return switch (reply) {
      case Reply.Answer(List<Message> messages, int status) when status == 0 -> {
        Message message = messages.getFirst();
        Headers headers = message.getHeaders();
        yield headers != null && headers.containsKey(NONE) ? null : message.getData();
      }
      case Reply.Answer _, Reply.Nobody _, Reply.Unsent _, Reply.Silence _ -> null;
    };
  }

  private synchronized boolean enter(Asked waiting) {
    return !closed && asked.size() < ASKED_MAX && asked.add(waiting);
  }

  private void leave(Asked waiting, byte @Nullable [] answer) {
    synchronized (this) {
      asked.remove(waiting);
    }
    waiting.answer.complete(answer);
  }

  @Override
  public Journal.Subscription answer(String topic, Answerer answerer) {
    return subscribed(
        topic,
        question -> {
          String to = question.getReplyTo();
          if (to != null) {
            reply(to, answerer, question.getData());
          }
        });
  }

  private void reply(String to, Answerer answerer, byte[] question) {
    CompletableFuture<byte[]> answer;
    try {
      answer = answerer.answer(question);
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    var _ =
        answer.whenComplete(
            (bytes, failure) -> {
              if (failure != null) {
                log.debug("a question was not answered", failure);
              }
              boolean none = failure != null || bytes.length > largest();
              byte[] body = none ? new byte[0] : bytes;
              Headers headers = none ? new Headers().put(NONE, "1") : null;
              sending.offer(body.length, () -> link.send(to, headers, body));
            });
  }

  /** Ends what is asked without an answer. On the engine's thread, before it ends. */
  void close() {
    List<Asked> unanswered;
    synchronized (this) {
      closed = true;
      unanswered = List.copyOf(asked);
    }
    unanswered.forEach(waiting -> leave(waiting, null));
  }
}

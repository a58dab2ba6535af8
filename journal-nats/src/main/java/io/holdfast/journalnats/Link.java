package io.holdfast.journalnats;

import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import io.nats.client.api.ServerInfo;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection: requests with their replies, and subscriptions. Nothing is kept here while there
 * is no connection, so that it is always known what was handed over. Of the engine's thread, but
 * for what the library calls.
 */
final class Link implements AutoCloseable, ConnectionListener, ErrorListener {
  private static final Logger log = LoggerFactory.getLogger(Link.class);
  private static final int SWEEP_MS = 50;

  /** What may wait in the library to be handed over; beyond that announcements are lost. */
  private static final int TOLD_MAX = 1 << 17;

  private final EngineThread engine;
  private final Runnable mayHaveMissed;
  private final Map<String, Pending> pending = new HashMap<>();
  private final Connection connection;
  private final Dispatcher replies;
  private final Dispatcher announcements;
  private final Dispatcher signals;
  private final String inbox;
  private long requests;
  private volatile boolean deaf;

  private final Intake told;
  private final AtomicBoolean missed = new AtomicBoolean();

  private static final class Pending {
    private final CompletableFuture<Reply> answer = new CompletableFuture<>();
    private final List<Message> messages = new ArrayList<>(1);
    private final boolean many;
    private final long deadline;

    Pending(boolean many, long deadline) {
      this.many = many;
      this.deadline = deadline;
    }
  }

  /**
   * Connects; blocks until it has.
   *
   * @param mayHaveMissed hears, on the engine's thread, that announcements may have been lost
   */
  Link(NatsOptions options, EngineThread engine, Runnable mayHaveMissed) {
    this.engine = engine;
    this.mayHaveMissed = mayHaveMissed;
    this.told = new Intake(engine);
    Options.Builder builder =
        new Options.Builder()
            .servers(options.servers().toArray(String[]::new))
            .connectionName("holdfast")
            .connectionTimeout(Duration.ofSeconds(2))
            .maxReconnects(-1)
            .reconnectWait(Duration.ofMillis(100))
            .reconnectBufferSize(0)
            .pingInterval(Duration.ofSeconds(3))
            .maxPingsOut(2)
            .connectionListener(this)
            .errorListener(this);
    if (options.credentials() != null) {
      builder.credentialPath(options.credentials().toString());
    }
    connection = connected(builder, options.servers());
    inbox = connection.createInbox() + ".";
    replies = connection.createDispatcher();
    replies.setPendingLimits(TOLD_MAX, 2 * Intake.BYTES_MAX);
    replies.subscribe(inbox + "*", message -> engine.run(() -> replied(message)));
    announcements = connection.createDispatcher();
    announcements.setPendingLimits(TOLD_MAX, Intake.BYTES_MAX);
    signals = connection.createDispatcher();
    signals.setPendingLimits(TOLD_MAX, Intake.BYTES_MAX);
    engine.every(SWEEP_MS, this::sweep);
  }

  private static Connection connected(Options.Builder builder, List<String> servers) {
    try {
      return Nats.connect(builder.build());
    } catch (IOException | IllegalArgumentException e) {
      // its own words name the servers with their passwords, so they are not passed on as they are
      throw new JournalException(
          Reason.UNREADABLE,
          "Cannot reach NATS at "
              + String.join(", ", servers.stream().map(Link::withoutSecret).toList())
              + " ("
              + withoutSecret(String.valueOf(e.getMessage()))
              + "); start it there, or name the servers that there are");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JournalException(Reason.UNREADABLE, "Interrupted while connecting to NATS", e);
    }
  }

  static String withoutSecret(String server) {
    return server.replaceAll("//[^/@]*@", "//");
  }

  ServerInfo server() {
    return connection.getServerInfo();
  }

  long maxPayload() {
    return connection.getMaxPayload();
  }

  /** One reply. */
  CompletableFuture<Reply> ask(
      String subject, @Nullable Headers headers, byte[] body, long timeoutMs) {
    return send(subject, headers, body, new Pending(false, engine.now() + timeoutMs));
  }

  /** Replies until one has a status. */
  CompletableFuture<Reply> askMany(String subject, byte[] body, long timeoutMs) {
    return send(subject, null, body, new Pending(true, engine.now() + timeoutMs));
  }

  private CompletableFuture<Reply> send(
      String subject, @Nullable Headers headers, byte[] body, Pending request) {
    String token = Long.toString(requests++, Character.MAX_RADIX);
    pending.put(token, request);
    try {
      connection.publish(
          NatsMessage.builder()
              .subject(subject)
              .replyTo(inbox + token)
              .headers(headers)
              .data(body)
              .build());
    } catch (IllegalStateException | IllegalArgumentException e) {
      pending.remove(token);
      request.answer.complete(new Reply.Unsent(String.valueOf(e.getMessage())));
    }
    return request.answer;
  }

  private void replied(Message message) {
    String token = message.getSubject().substring(inbox.length());
    Pending request = pending.get(token);
    if (request == null) {
      return;
    }
    int status = message.isStatusMessage() ? message.getStatus().getCode() : 0;
    if (status == 503) {
      pending.remove(token);
      request.answer.complete(new Reply.Nobody());
    } else if (status != 0) {
      pending.remove(token);
      request.answer.complete(new Reply.Answer(request.messages, status));
    } else {
      request.messages.add(message);
      if (!request.many) {
        pending.remove(token);
        request.answer.complete(new Reply.Answer(request.messages, 0));
      }
    }
  }

  private void sweep() {
    long now = engine.now();
    giveUp(request -> request.deadline <= now);
  }

  private void giveUp(Predicate<Pending> which) {
    List<Pending> late = new ArrayList<>();
    pending
        .values()
        .removeIf(
            request -> {
              boolean gone = which.test(request);
              if (gone) {
                late.add(request);
              }
              return gone;
            });
    late.forEach(request -> request.answer.complete(new Reply.Silence()));
  }

  /** Sends what nobody answers; it is lost while there is no connection. */
  void send(String subject, @Nullable Headers headers, byte[] body) {
    try {
      connection.publish(
          NatsMessage.builder().subject(subject).headers(headers).data(body).build());
    } catch (IllegalStateException | IllegalArgumentException e) {
      log.debug("not sent", e);
    }
  }

  /** Hands what is announced to the engine's thread. */
  @Nullable Subscription subscribe(String subject, Consumer<Stored> then) {
    return listen(
        announcements,
        subject,
        message -> {
          Stored stored = Stored.of(message);
          if (stored != null && !deaf) {
            handOver(stored.data().length, () -> then.accept(stored));
          }
        });
  }

  /** Runs something on the engine's thread whenever something is said. */
  void onEach(String subject, Runnable then) {
    listen(announcements, subject, _ -> handOver(0, then));
  }

  /** Has signals handled on the library's thread, in a queue apart from announcements. */
  @Nullable Subscription hear(String subject, Consumer<Message> then) {
    return listen(signals, subject, then::accept);
  }

  private static @Nullable Subscription listen(
      Dispatcher on, String subject, MessageHandler handler) {
    try {
      return on.subscribe(subject, handler);
    } catch (IllegalStateException e) {
      log.debug("not subscribed, the connection is closed", e);
      return null;
    }
  }

  /** Beyond the bound it is dropped, and what was missed is looked for. */
  private void handOver(int bytes, Runnable task) {
    if (!told.offer(bytes, task) && missed.compareAndSet(false, true)) {
      engine.run(
          () -> {
            missed.set(false);
            mayHaveMissed.run();
          });
    }
  }

  /** Hears no announcements: a switch for tests. */
  void deaf(boolean now) {
    deaf = now;
  }

  void unsubscribe(@Nullable Subscription subscription) {
    try {
      if (subscription != null) {
        Dispatcher on = subscription.getDispatcher();
        (on == null ? announcements : on).unsubscribe(subscription);
      }
    } catch (IllegalStateException e) {
      log.debug("not unsubscribed, the connection is closed", e);
    }
  }

  @Override
  @SuppressWarnings("deprecation") // and yet to be there
  public void connectionEvent(Connection which, Events type) {
    switch (type) {
      case DISCONNECTED -> {
        log.warn("the connection to NATS broke; connecting again");
        engine.run(() -> giveUp(request -> true));
      }
      case RECONNECTED, RESUBSCRIBED -> {
        log.info("connected to NATS again ({})", type);
        engine.run(mayHaveMissed);
      }
      case CONNECTED, CLOSED, DISCOVERED_SERVERS, LAME_DUCK -> log.debug("NATS: {}", type);
    }
  }

  @Override
  public void slowConsumerDetected(Connection which, io.nats.client.Consumer consumer) {
    log.warn("announcements came faster than they were read, so some were dropped");
    engine.run(mayHaveMissed);
  }

  @Override
  public void errorOccurred(Connection which, String error) {
    log.warn("NATS says: {}", error);
  }

  @Override
  public void exceptionOccurred(Connection which, Exception failure) {
    log.debug("the connection to NATS", failure);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.holdfast.simulator;

import io.holdfast.connections.RestPublishing;
import io.holdfast.journal.ChannelId;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.Extras;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What clients do and what befalls the world, by the dice. */
final class Moves {
  private static final List<Extras> EXTRAS =
      List.of(
          Extras.of("{\"ai\":{\"transport\":{\"status\":\"streaming\"}}}"),
          Extras.of("{\"ai\":{\"transport\":{\"status\":\"complete\"}}}"),
          Extras.of("{\"n\":1}"));
  private static final int STREAM = 40;

  /** How many moves of those who share objects are about them, percent. */
  private static final int OBJECTS = 25;

  private static final Extras EPHEMERAL = Extras.of("{\"ephemeral\":true}");

  private final History history;
  private final Dice dice;
  private final Counts counts;
  private final Faults faults;
  private final ObjectMoves objects;
  private final int storms;
  private final List<Operation> created = new ArrayList<>();
  private final List<Operation> named = new ArrayList<>();
  private final List<HistoryReading> readings = new ArrayList<>();
  private int tokens;

  Moves(History history, Dice dice) {
    this.history = history;
    this.dice = dice;
    this.counts = history.counts();
    this.faults = new Faults(history, dice);
    this.objects = new ObjectMoves(history, dice);
    this.storms = dice.of(3, 10, 25);
  }

  void step() {
    if (dice.percent(storms)) {
      faults.strike();
      return;
    }
    Client client = dice.of(history.clients());
    ClientChannel channel = client.channel(dice.of(history.channelNames()));
    if (history.sharing() && channel.look().objects() && dice.percent(OBJECTS)) {
      objects.step(client, channel);
      return;
    }
    int roll = dice.below(100);
    if (roll < 12) {
      publish(client, channel);
    } else if (roll < 53) {
      append(client, channel);
    } else if (roll < 54) {
      mixed(client, channel);
    } else if (roll < 55) {
      stream(client, channel);
    } else if (roll < 61) {
      change(client, channel);
    } else if (roll < 65) {
      publishNamed(client, channel);
    } else if (roll < 68) {
      ephemeral(client, channel);
    } else if (roll < 71) {
      annotate(client, channel);
    } else if (roll < 75) {
      rest(client, channel);
    } else if (roll < 81) {
      presence(client, channel);
    } else if (roll < 95) {
      attachment(client, dice.percent(30) ? dice.of(client.looks()) : channel);
    } else {
      others(client, channel);
    }
  }

  /** Between two steps. */
  void timePasses() {
    int ms =
        history.hurries()
            ? dice.of(1, 60, 300, 1_000, 2_500)
            : dice.of(0, 0, 1, 5, 20, 20, 60, 300);
    history.fleet().pass(history.time(), ms);
  }

  Faults faults() {
    return faults;
  }

  // ---- making things up ----

  private Data token(Client client) {
    int padding = dice.of(0, 0, 0, 5, 60, 200);
    return Data.text(client.name() + "." + tokens++ + "~".repeat(padding) + ";");
  }

  private @Nullable String someName() {
    return dice.percent(30) ? "name" + dice.below(3) : null;
  }

  private @Nullable Extras someExtras() {
    return dice.percent(30) ? dice.of(EXTRAS) : null;
  }

  private static Message message(
      MessageAction action,
      @Nullable String id,
      @Nullable String name,
      @Nullable Data data,
      @Nullable Extras extras,
      @Nullable String serial) {
    return new Message(action, id, name, data, null, null, null, null, 0, extras, serial, null);
  }

  private Message creation(Client client, @Nullable String id) {
    return message(MessageAction.CREATE, id, someName(), token(client), someExtras(), null);
  }

  private void send(Client client, Operation operation) {
    history.operations().add(operation);
    client.send(operation);
  }

  void acked(Client client, Operation operation) {
    if (operation.kind() == Operation.Kind.CREATE) {
      created.add(operation);
    }
  }

  /** A message to change: mostly a young one of their own. */
  private @Nullable String target(Client client, ClientChannel channel) {
    if (dice.percent(2)) {
      return "no-such-message";
    }
    List<String> own = new ArrayList<>();
    for (int i = created.size() - 1; i >= 0 && own.size() < 3; i--) {
      Operation operation = created.get(i);
      boolean mine = operation.clientId().equals(client.name()) || dice.percent(10);
      String serial = operation.serials().getFirst();
      if (mine && serial != null && operation.channel().equals(channel.name())) {
        own.add(serial);
      }
    }
    return own.isEmpty() ? null : dice.of(own);
  }

  // ---- clients ----

  private void publish(Client client, ClientChannel channel) {
    List<Message> messages = new ArrayList<>();
    boolean batch = dice.percent(25);
    for (int i = batch ? dice.between(2, 4) : 1; i > 0; i--) {
      messages.add(creation(client, null));
    }
    counts.add(batch ? Happening.BATCH : Happening.PUBLISH);
    send(
        client,
        Operation.publish(Operation.Kind.CREATE, channel.name(), client.name(), messages, null));
  }

  private void publishNamed(Client client, ClientChannel channel) {
    if (!named.isEmpty() && dice.percent(50)) {
      Operation first = dice.of(named);
      counts.add(Happening.REPEATED_ID);
      send(
          client,
          Operation.publish(
              Operation.Kind.CREATE,
              first.channel(),
              client.name(),
              first.messages(),
              first.idempotencyKey()));
      return;
    }
    String key = "key" + tokens;
    int size = dice.of(1, 1, 2, 3);
    String on = channel.name();
    if (!named.isEmpty() && dice.percent(30) && !history.plant().spares(Happening.COLLIDING_IDS)) {
      // a batch by the base that is another message's whole id, or the other way round
      Operation other = dice.of(named);
      boolean alone = other.messages().size() == 1;
      String id = String.valueOf(other.messages().getFirst().id());
      key = alone ? id : id.substring(0, id.lastIndexOf(':'));
      size = alone ? dice.between(2, 3) : 1;
      on = other.channel();
      counts.add(Happening.COLLIDING_IDS);
    }
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      messages.add(creation(client, size == 1 ? key : key + ":" + i));
    }
    String ids = TrueChannel.ids(messages);
    if (named.stream().anyMatch(known -> ids.equals(known.idempotencyKey()))) {
      return;
    }
    Operation operation =
        Operation.publish(Operation.Kind.CREATE, on, client.name(), messages, ids);
    named.add(operation);
    counts.add(Happening.IDEMPOTENT_PUBLISH);
    send(client, operation);
  }

  private void ephemeral(Client client, ClientChannel channel) {
    Message message = message(MessageAction.CREATE, null, null, token(client), EPHEMERAL, null);
    counts.add(Happening.EPHEMERAL);
    send(
        client,
        Operation.publish(
            Operation.Kind.EPHEMERAL, channel.name(), client.name(), List.of(message), null));
  }

  /** What is to be kept and what is not, at once: nobody can do both. */
  private void mixed(Client client, ClientChannel channel) {
    if (history.plant().spares(Happening.MIXED_BATCH)) {
      return;
    }
    List<Message> messages = new ArrayList<>(List.of(creation(client, null)));
    messages.add(
        dice.below(2), message(MessageAction.CREATE, null, null, token(client), EPHEMERAL, null));
    counts.add(Happening.MIXED_BATCH);
    send(
        client,
        Operation.publish(Operation.Kind.MIXED, channel.name(), client.name(), messages, null));
  }

  /** An agent in a hurry: more than a checkpoint takes, faster than it can be written. */
  private void stream(Client client, ClientChannel channel) {
    String target = target(client, channel);
    if (target == null) {
      publish(client, channel);
      return;
    }
    counts.add(Happening.FAST_STREAM);
    Extras streaming = EXTRAS.getFirst();
    for (int i = 0; i < STREAM; i++) {
      Data data = Data.text(client.name() + "." + tokens++ + "~".repeat(90) + ";");
      send(
          client,
          Operation.change(
              channel.name(),
              client.name(),
              message(MessageAction.APPEND, null, null, data, streaming, target)));
      for (int tasks = dice.below(6); tasks > 0 && history.turns().runOne(); tasks--) {
        // some of it goes on meanwhile
      }
    }
  }

  private void append(Client client, ClientChannel channel) {
    String target = target(client, channel);
    if (target == null) {
      publish(client, channel);
      return;
    }
    for (int burst = dice.of(1, 1, 2, 5); burst > 0; burst--) {
      Message message =
          message(
              MessageAction.APPEND,
              null,
              dice.percent(10) ? someName() : null,
              token(client),
              someExtras(),
              target);
      counts.add(Happening.APPEND);
      send(client, Operation.change(channel.name(), client.name(), message));
    }
  }

  private void annotate(Client client, ClientChannel channel) {
    String target = target(client, channel);
    for (int burst = target == null ? 0 : dice.of(1, 1, 3); burst > 0; burst--) {
      Annotation annotation =
          new Annotation(
              dice.percent(25) ? AnnotationAction.DELETE : AnnotationAction.CREATE,
              null,
              null,
              null,
              "name" + dice.below(2),
              dice.below(3),
              null,
              null,
              0,
              null,
              target,
              "n:" + dice.of("total", "unique", "multiple") + ".v1",
              null);
      counts.add(Happening.ANNOTATION);
      send(client, Operation.annotation(channel.name(), client.name(), annotation));
    }
  }

  private @Nullable Message changeOf(Client client, ClientChannel channel) {
    String target = target(client, channel);
    if (target == null) {
      return null;
    }
    MessageAction action =
        dice.of(MessageAction.UPDATE, MessageAction.UPDATE, MessageAction.DELETE);
    Data data = dice.percent(70) ? token(client) : null;
    return message(action, null, someName(), data, someExtras(), target);
  }

  private void change(Client client, ClientChannel channel) {
    Message change = changeOf(client, channel);
    if (change != null) {
      counts.add(change.action() == MessageAction.DELETE ? Happening.DELETE : Happening.UPDATE);
      send(client, Operation.change(channel.name(), client.name(), change));
    }
  }

  private void rest(Client client, ClientChannel channel) {
    ServerNode node = history.fleet().running(dice);
    if (node == null) {
      return;
    }
    Message change = dice.percent(40) ? changeOf(client, channel) : null;
    Operation operation =
        change == null
            ? Operation.publish(
                Operation.Kind.CREATE,
                channel.name(),
                client.name(),
                List.of(creation(client, null)),
                null)
            : Operation.change(channel.name(), client.name(), change);
    counts.add(change == null ? Happening.REST_PUBLISH : Happening.REST_CHANGE);
    history.operations().add(operation);
    RestPublishing rest = node.rest();
    ChannelId id = new ChannelId(ServerNode.APP, channel.truth().name());
    boolean crowded = node.channels().crowded(id);
    CompletableFuture<RestPublishing.Outcome> answer =
        change == null
            ? rest.publish(client.access(), channel.name(), operation.messages(), Map.of())
            : rest.change(client.access(), channel.name(), change);
    faults.restAsked(operation, node);
    history.guarded(answer, outcome -> answered(client, operation, outcome, crowded));
  }

  private void answered(
      Client client, Operation operation, RestPublishing.Outcome outcome, boolean crowded) {
    switch (outcome) {
      case RestPublishing.Outcome.Done done -> {
        operation.acked(done.serials());
        NothingAckedIsLost.there(operation, history.truth().channel(operation.channel()));
        acked(client, operation);
      }
      case RestPublishing.Outcome.Refused refused -> {
        if (refused.error().statusCode() == 504) {
          operation.end(Operation.Outcome.UNKNOWN);
        } else {
          operation.end(Operation.Outcome.REFUSED);
          boolean busy = ErrorCode.of(refused.error().code()) == ErrorCode.BUSY;
          if (!crowded || !busy) {
            history.refused(operation, refused.error());
          }
        }
      }
    }
  }

  private void presence(Client client, ClientChannel channel) {
    if (!channel.attached() || !client.connected()) {
      return;
    }
    PresenceAction action =
        dice.of(
            PresenceAction.ENTER,
            PresenceAction.ENTER,
            PresenceAction.UPDATE,
            PresenceAction.LEAVE);
    counts.add(
        switch (action) {
          case ENTER -> Happening.PRESENCE_ENTER;
          case UPDATE -> Happening.PRESENCE_UPDATE;
          case ABSENT, PRESENT, LEAVE -> Happening.PRESENCE_LEAVE;
        });
    say(client, channel, action);
  }

  /** Whoever took over speaks for the members it has inherited. */
  void speakSoon(Client client) {
    ClientChannel channel = client.channel(dice.of(history.channelNames()));
    history.later(() -> presence(client, channel));
  }

  void enter(Client client, ClientChannel channel) {
    counts.add(Happening.PRESENCE_ENTER);
    say(client, channel, PresenceAction.ENTER);
  }

  private void say(Client client, ClientChannel channel, PresenceAction action) {
    if (client.recovered()) {
      counts.add(Happening.PRESENCE_AFTER_RECOVERY);
    }
    PresenceMessage message =
        new PresenceMessage(action, null, null, null, token(client), null, null, 0);
    send(client, Operation.presence(channel.name(), client.name(), message));
  }

  private void attachment(Client client, ClientChannel channel) {
    if (!client.connected()) {
      return;
    }
    switch (channel.state()) {
      case DETACHED -> {
        int rewind = dice.of(0, 0, 1, 5);
        if (rewind > 0) {
          counts.add(Happening.REWIND);
        }
        client.attach(channel, rewind);
      }
      case ATTACHED -> {
        if (dice.percent(15)) {
          client.raw(channel.detach());
        } else if (dice.percent(15)) {
          for (int times = dice.of(1, 1, 2, 3); times > 0; times--) {
            renew(client, channel);
          }
        } else if (channel.look().deltas() && dice.percent(60)) {
          channel.cloud();
        }
      }
      case ATTACHING, DETACHING -> {
        // it is on its way
      }
    }
  }

  /** Attaches once more on the same transport. */
  private void renew(Client client, ClientChannel channel) {
    boolean from = dice.percent(70);
    int rewind = dice.of(0, 0, 1, 5);
    counts.add(from ? Happening.REATTACH : Happening.REATTACH_ANEW);
    if (rewind > 0) {
      counts.add(Happening.REATTACH_WITH_REWIND);
    }
    client.raw(channel.renew(from, rewind));
  }

  private void others(Client client, ClientChannel channel) {
    faults.writeDown(client);
    switch (dice.below(4)) {
      case 0 -> {
        if (channel.attached() && client.connected()) {
          counts.add(Happening.PRESENCE_SYNC);
          client.raw(new Frame.Sync(channel.name(), null, List.of()));
        }
      }
      case 1 -> client.reauthenticate();
      case 2 -> client.raw(new Frame.Heartbeat("ping"));
      default -> read(channel);
    }
  }

  private void read(ClientChannel channel) {
    ServerNode node = history.fleet().running(dice);
    if (node != null) {
      counts.add(Happening.HISTORY_READ);
      HistoryReading reading =
          new HistoryReading(
              history,
              node,
              new ChannelId(ServerNode.APP, channel.name()),
              history.truth().channel(channel.name()),
              dice.percent(60) ? channel.attachSerial() : null,
              dice.between(1, 6),
              dice.percent(50));
      readings.add(reading);
      reading.start();
    }
  }

  List<HistoryReading> readings() {
    return readings;
  }

  void nodeDied(ServerNode node) {
    readings.removeIf(reading -> reading.node() == node);
    faults.nodeDied(node);
  }
}

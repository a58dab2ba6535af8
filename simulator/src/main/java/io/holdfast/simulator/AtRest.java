package io.holdfast.simulator;

import io.holdfast.fold.Cursor;
import io.holdfast.journal.ChannelId;
import io.holdfast.objects.Pool;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.PresenceMessage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The end of a history: everything is mended, everyone comes back, and then all must agree. */
final class AtRest {
  static final String NAME = "everything settles";

  /** Longer than it takes to give up a silent client, and every grace after that. */
  private static final long GRACES = 70_000;

  private static final int ROUNDS = 2_000;

  private final History history;

  AtRest(History history) {
    this.history = history;
  }

  void check() {
    history.trace("at rest");
    mend();
    settle();
    // a channel nobody has opened since a restart still counts those of the run before
    for (ServerNode node : history.fleet().nodes()) {
      for (String name : history.channelNames()) {
        node.channels().compact(new ChannelId(ServerNode.APP, name));
      }
    }
    long until = history.time().now() + GRACES;
    while (history.time().now() < until) {
      pass(5_000);
    }
    settle();
    history.operations().forEach(this::operation);
    for (Client client : history.clients()) {
      Wire wire = client.wire();
      if (wire != null && wire.rights().holds() != null) {
        history.issuer().atRest(wire.rights().holds());
      }
      for (ClientChannel channel : client.channels()) {
        attachment(client, channel);
      }
    }
    history.readers().forEach(EventReader::complete);
    for (String name : history.channelNames()) {
      PresenceTrue.asPromised(history.truth().channel(name), history.clients());
      history.fleet().nodes().forEach(node -> channel(node, name));
    }
    history.rethrow();
  }

  private void mend() {
    history.moves().faults().heal();
    history.heal();
  }

  private void pass(long most) {
    history.turns().runDry();
    history.rethrow();
    history.time().advance(history.time().untilNext(most) + 1);
    history.turns().runDry();
    history.rethrow();
  }

  private void settle() {
    for (int round = 0; round < ROUNDS; round++) {
      pass(200);
      if (settled()) {
        return;
      }
    }
    throw new Broken(NAME, unsettled());
  }

  private boolean settled() {
    return unsettled().isEmpty();
  }

  /** Who still waits for what. */
  private String unsettled() {
    StringBuilder who = new StringBuilder();
    for (Client client : history.clients()) {
      if (!client.connected() || client.waiting()) {
        who.append(client.name() + " is " + client.state() + ", waiting " + client.first() + "; ");
      }
      for (ClientChannel channel : client.channels()) {
        boolean done = channel.attached() || channel.state() == ClientChannel.State.DETACHED;
        if (!done || channel.presence().syncing() || channel.objectCopies().syncing()) {
          who.append(client.name() + " on " + channel.name() + " is " + channel.state() + "; ");
        }
      }
    }
    for (EventReader reader : history.readers()) {
      who.append(reader.settled() ? "" : reader.name() + " has no stream; ");
    }
    if (!history.journalFailed()
        && !history.fleet().many()
        && !history.moves().readings().stream().allMatch(HistoryReading::done)) {
      who.append("a page of history never came; ");
    }
    return who.toString();
  }

  private void operation(Operation operation) {
    TrueChannel truth = history.truth().channel(operation.channel());
    if (operation.kind() == Operation.Kind.OBJECTS) {
      ObjectsTrue.once(operation, truth);
    }
    for (String token : operation.tokens()) {
      NothingAppliedTwice.inLog(operation, token, truth.times(token));
      if (operation.kind() == Operation.Kind.EPHEMERAL) {
        history
            .clients()
            .forEach(client -> NothingAppliedTwice.ephemeral(client, operation, token));
      }
    }
    switch (operation.outcome()) {
      case ACKED -> {
        if (operation.kind() == Operation.Kind.CREATE
            || operation.kind() == Operation.Kind.CHANGE) {
          NothingAckedIsLost.there(operation, truth);
        }
      }
      case WAITING -> throw new Broken(NAME, operation + " was never answered");
      case REFUSED, UNKNOWN -> {
        // looked at when it came, or free to be there or not
      }
    }
  }

  private void attachment(Client client, ClientChannel channel) {
    Cursor since = channel.since();
    if (!channel.attached() || since == null) {
      return;
    }
    String what = client.name() + " on " + channel.name();
    if ((channel.modes() & Flags.SUBSCRIBE) != 0) {
      channel.copies().complete(since, client.unheard(), what);
    }
    if (channel.look().objects() && (channel.modes() & Flags.OBJECT_SUBSCRIBE) != 0) {
      channel.objectCopies().atRest();
    }
    PresenceTrue.sameSet(channel.truth(), channel, what);
  }

  /** What a node tells of a channel. */
  private void channel(ServerNode node, String name) {
    TrueChannel truth = history.truth().channel(name);
    ChannelId id = new ChannelId(ServerNode.APP, name);
    for (boolean forwards : new boolean[] {true, false}) {
      HistoryReading reading = new HistoryReading(history, node, id, truth, null, 7, forwards);
      reading.start();
      await(reading::done);
      if (!reading.done()) {
        throw new Broken(NAME, "history of " + name + " never came");
      }
    }
    for (TrueMessage message : truth.messages().values()) {
      summary(node, id, message);
    }
    CompletableFuture<List<PresenceMessage>> members = node.channels().members(id);
    await(members::isDone);
    PresenceTrue.sameMembers(truth, members.join());
    if (history.sharing()) {
      CompletableFuture<Pool> objects = node.channels().objects(id);
      await(objects::isDone);
      ObjectsTrue.asLogged(truth.objects().now(), objects.join(), "the node's " + name);
    }
  }

  /** A channel that has failed, as it may over a write of unknown outcome, opens anew later. */
  private void await(BooleanSupplier done) {
    history.turns().runDry();
    history.rethrow();
    for (int i = 0; i < 5 && !done.getAsBoolean(); i++) {
      pass(5_000);
    }
  }

  private void summary(ServerNode node, ChannelId id, TrueMessage message) {
    if (message.tally().latest() != null) {
      CompletableFuture<@Nullable Message> read = node.channels().message(id, message.serial());
      await(read::isDone);
      Message now = read.join();
      SummariesTrue.same(message, now == null ? null : now.summary(), "a read of " + id.name());
    }
  }
}

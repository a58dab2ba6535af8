package io.holdfast.channels;

import io.holdfast.fold.Origin;
import io.holdfast.fold.Owner;
import io.holdfast.fold.Part;
import io.holdfast.fold.Publisher;
import io.holdfast.fold.Verdict;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.MemoryDisk;
import io.holdfast.journal.MemoryJournal;
import io.holdfast.objects.Operation;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Extras;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import io.holdfast.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One node's channels over a memory disk, and what its clients send, in few words. */
final class House {
  static final ChannelId ROOM = new ChannelId("app", "room");
  static final Owner OWNER = new Owner("boot0", 1);
  private static final Version UNNAMED = new Version(null, 0, null, null, null);

  final World world;
  private final MemoryDisk disk;
  final ChannelSettings settings;
  private int boots;
  MemoryJournal journal;
  Channels channels;

  House() {
    this(ChannelSettings.DEFAULT);
  }

  House(ChannelSettings settings) {
    this.world = new World();
    this.settings = settings;
    this.disk = new MemoryDisk();
    this.journal = new MemoryJournal(disk, world::now, world.thread());
    this.channels = start();
  }

  /** One of several nodes on one log; it has no disk of its own. */
  House(Street street, Street.Lot lot, ChannelSettings settings) {
    this.world = street.world;
    this.settings = settings;
    this.disk = new MemoryDisk();
    this.journal = new MemoryJournal(disk, world::now, world.thread());
    List<Lane> lanes = List.of(new Lane(world.thread()), new Lane(world.thread()));
    this.channels =
        new Channels(
            lot.journal(), lanes, world, settings, channel -> settings.limits(), lot.nodes);
  }

  private Channels start() {
    List<Lane> lanes = List.of(new Lane(world.thread()), new Lane(world.thread()));
    return new Channels(journal, lanes, world, settings, "boot" + boots++);
  }

  /** A process killed and started again over the same disk. */
  void restart() {
    journal.crash();
    world.die();
    journal = new MemoryJournal(disk, world::now, world.thread());
    channels = start();
  }

  /** A verdict to come. */
  static final class Answer {
    final List<Verdict> verdicts = new ArrayList<>();

    boolean none() {
      return verdicts.isEmpty();
    }

    Verdict verdict() {
      if (verdicts.size() != 1) {
        throw new AssertionError("verdicts: " + verdicts);
      }
      return verdicts.getFirst();
    }

    String serial() {
      if (verdict() instanceof Verdict.Accepted accepted) {
        return Objects.requireNonNull(accepted.serials().getFirst());
      }
      throw new AssertionError(verdict());
    }

    int refusal() {
      if (verdict() instanceof Verdict.Refused refused) {
        return refused.error().code();
      }
      throw new AssertionError(verdict());
    }
  }

  Answer submit(Part part, int window, boolean ephemeral) {
    Answer answer = new Answer();
    channels.submit(ROOM, new Submission(part, 200, window, ephemeral, answer.verdicts::add));
    return answer;
  }

  Answer submit(Part part) {
    return submit(part, 0, false);
  }

  /** The channel's life in memory ends by a fault of ours. */
  void fail() {
    Toll broken =
        () -> {
          throw new IllegalStateException("a fault of ours");
        };
    Part part = publishing("broken", 0, "x");
    channels.submit(ROOM, new Submission(part, 200, 0, false, broken, verdict -> {}));
  }

  static Seat seat(String connection) {
    return new Seat(connection, ROOM.name());
  }

  static Part annotating(
      AnnotationAction action, String connection, long msgSerial, String target, String type) {
    String id = connection + ":" + msgSerial + ":0";
    Annotation annotation =
        new Annotation(
            action,
            id,
            connection,
            connection,
            "name",
            0,
            Data.text("why"),
            null,
            0,
            null,
            target,
            type,
            null);
    return new Part.Annotate(origin(connection, msgSerial), target, List.of(annotation));
  }

  Answer annotate(String connection, long msgSerial, String target, String type) {
    return submit(annotating(AnnotationAction.CREATE, connection, msgSerial, target, type));
  }

  static Origin origin(String connection, long msgSerial) {
    return new Origin(new Publisher(connection, 0), msgSerial, null);
  }

  static Part publishing(String connection, long msgSerial, String... texts) {
    List<Message> messages = new ArrayList<>();
    for (String text : texts) {
      String id = connection + ":" + msgSerial + ":" + messages.size();
      messages.add(
          new Message(
              MessageAction.CREATE,
              id,
              null,
              Data.text(text),
              null,
              connection,
              connection,
              null,
              0,
              null,
              null,
              null));
    }
    return new Part.Publish(origin(connection, msgSerial), messages);
  }

  static Part changing(
      MessageAction action, String connection, long msgSerial, String target, String text) {
    return new Part.Mutate(
        origin(connection, msgSerial),
        action,
        target,
        new Part.Change(null, action == MessageAction.DELETE ? null : Data.text(text), null, null),
        new Part.Author(connection, connection, connection + ":" + msgSerial),
        UNNAMED,
        true);
  }

  static Part appending(String connection, long msgSerial, String target, String text) {
    return appending(connection, msgSerial, target, text, null);
  }

  static Part appending(
      String connection, long msgSerial, String target, String text, @Nullable String status) {
    Extras extras =
        status == null
            ? null
            : Extras.of("{\"ai\":{\"transport\":{\"status\":\"" + status + "\"}}}");
    return new Part.Append(
        target,
        new Part.Change(null, null, null, extras),
        new Part.Author(connection, connection, connection + ":" + msgSerial),
        UNNAMED,
        true,
        List.of(new Part.Piece(origin(connection, msgSerial), Data.text(text))));
  }

  static Part present(
      String connection, long msgSerial, Owner owner, PresenceAction action, String... clients) {
    List<PresenceMessage> messages = new ArrayList<>();
    for (String client : clients) {
      String id = connection + ":" + msgSerial + ":" + messages.size();
      messages.add(
          new PresenceMessage(action, id, client, connection, Data.text("here"), null, null, 0));
    }
    return new Part.Presence(origin(connection, msgSerial), owner, messages);
  }

  static Part operating(String connection, long msgSerial, Operation... operations) {
    List<Part.Act> acts = new ArrayList<>();
    for (Operation operation : operations) {
      acts.add(new Part.Act(operation, null, null));
    }
    Part.Author author = new Part.Author(connection, connection, connection + ":" + msgSerial);
    return new Part.Operate(origin(connection, msgSerial), author, acts);
  }

  Answer publish(String connection, long msgSerial, String... texts) {
    return submit(publishing(connection, msgSerial, texts));
  }

  /** Publishes and waits; the serial of the first message. */
  String published(String connection, long msgSerial, String... texts) {
    Answer answer = publish(connection, msgSerial, texts);
    world.run();
    return answer.serial();
  }

  Answer append(String connection, long msgSerial, String target, String text) {
    return submit(appending(connection, msgSerial, target, text));
  }

  Answer appendWithin(int window, String connection, long msgSerial, String target, String text) {
    return submit(appending(connection, msgSerial, target, text), window, false);
  }

  Answer update(String connection, long msgSerial, String target, String text) {
    return submit(changing(MessageAction.UPDATE, connection, msgSerial, target, text));
  }

  Answer enter(String connection, long msgSerial, String... clients) {
    return submit(present(connection, msgSerial, OWNER, PresenceAction.ENTER, clients));
  }

  Reader reader(String connection) {
    return new Reader(this, connection);
  }

  <T extends @Nullable Object> T await(CompletableFuture<T> future) {
    world.run();
    if (!future.isDone()) {
      throw new AssertionError("no answer");
    }
    return future.join();
  }

  static HistoryQuery newest(int limit) {
    return new HistoryQuery(0, Long.MAX_VALUE, limit, Direction.BACKWARDS, null, null);
  }

  static HistoryQuery oldest(int limit) {
    return new HistoryQuery(0, Long.MAX_VALUE, limit, Direction.FORWARDS, null, null);
  }

  List<String> texts(HistoryQuery query) {
    return await(channels.history(ROOM, query)).items().stream().map(House::text).toList();
  }

  /** All messages' texts, oldest first. */
  List<String> texts() {
    return texts(oldest(1_000));
  }

  static String text(Message message) {
    Data data = message.data();
    return data == null ? message.action().toString() : data.asText();
  }
}

package io.holdfast.fold;

import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Extras;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import io.holdfast.protocol.Version;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/** Any part and message, for properties; every optional field is absent now and then. */
final class StoredForms {
  private StoredForms() {}

  private static <T> Arbitrary<@Nullable T> maybe(Arbitrary<T> some) {
    return some.injectNull(0.3);
  }

  static Arbitrary<String> text() {
    return Arbitraries.strings().withCharRange('\u0000', '\ud7ff').ofMaxLength(6);
  }

  static Arbitrary<Data> data() {
    return Arbitraries.oneOf(
        text().map(Data::text),
        Arbitraries.bytes().array(byte[].class).ofMaxSize(6).map(Data::binary));
  }

  static Arbitrary<Extras> extras() {
    return Arbitraries.of(
        Extras.of("{}"),
        Extras.of("{\"a\":1}"),
        Extras.of("{\"ai\":{\"transport\":{\"status\":\"complete\"}}}"));
  }

  static Arbitrary<Long> number() {
    return Arbitraries.longs().between(0, Long.MAX_VALUE);
  }

  static Arbitrary<Origin> origin() {
    Arbitrary<Publisher> publisher =
        Combinators.combine(text(), Arbitraries.integers().greaterOrEqual(0)).as(Publisher::new);
    return Combinators.combine(
            maybe(publisher), Arbitraries.longs().between(-1, Long.MAX_VALUE - 1), maybe(text()))
        .as(Origin::new);
  }

  static Arbitrary<Version> version() {
    return Combinators.combine(maybe(text()), number(), maybe(text()), maybe(text()), maybe(text()))
        .as(Version::new);
  }

  private static Arbitrary<Part.Change> change() {
    return Combinators.combine(maybe(text()), maybe(data()), maybe(text()), maybe(extras()))
        .as(Part.Change::new);
  }

  private static Arbitrary<Part.Author> author() {
    return Combinators.combine(maybe(text()), maybe(text()), text()).as(Part.Author::new);
  }

  private static Arbitrary<Owner> owner() {
    return Combinators.combine(text(), number()).as(Owner::new);
  }

  static Arbitrary<Message> published() {
    return Combinators.combine(
            maybe(text()),
            maybe(text()),
            maybe(data()),
            maybe(text()),
            maybe(text()),
            maybe(text()),
            maybe(extras()))
        .as(
            (id, name, data, encoding, client, connection, extras) ->
                new Message(
                    MessageAction.CREATE,
                    id,
                    name,
                    data,
                    encoding,
                    client,
                    connection,
                    null,
                    0,
                    extras,
                    null,
                    null));
  }

  static Arbitrary<PresenceMessage> presence() {
    return Combinators.combine(
            Arbitraries.of(PresenceAction.class),
            maybe(text()),
            maybe(text()),
            maybe(text()),
            maybe(data()),
            maybe(text()),
            maybe(extras()),
            number())
        .as(PresenceMessage::new);
  }

  static Arbitrary<Annotation> annotation() {
    Arbitrary<Annotation> bare =
        Combinators.combine(
                Arbitraries.of(AnnotationAction.class),
                maybe(text()),
                maybe(text()),
                maybe(text()),
                maybe(text()),
                number(),
                maybe(data()),
                maybe(text()))
            .as(
                (action, id, client, connection, name, count, data, encoding) ->
                    new Annotation(
                        action,
                        id,
                        client,
                        connection,
                        name,
                        count,
                        data,
                        encoding,
                        0,
                        null,
                        null,
                        null,
                        null));
    return Combinators.combine(
            bare, number(), maybe(text()), maybe(text()), maybe(text()), maybe(extras()))
        .as(
            (a, time, serial, target, type, extras) ->
                new Annotation(
                    a.action(),
                    a.id(),
                    a.clientId(),
                    a.connectionId(),
                    a.name(),
                    a.count(),
                    a.data(),
                    a.encoding(),
                    time,
                    serial,
                    target,
                    type,
                    extras));
  }

  private static Arbitrary<Tallies> tallies() {
    return Arbitraries.longs()
        .map(
            seed -> {
              Random random = new Random(seed);
              Tallies tallies = Tallies.NONE;
              for (int i = random.nextInt(20); i > 0; i--) {
                String client = "c" + random.nextInt(5);
                tallies = tallies.with(Parts.annotation(random, client, "m"));
              }
              return tallies;
            });
  }

  static Arbitrary<Part> part() {
    Arbitrary<Part.Piece> piece = Combinators.combine(origin(), maybe(data())).as(Part.Piece::new);
    return Arbitraries.oneOf(
        Combinators.combine(origin(), published().list().ofMinSize(1).ofMaxSize(3))
            .as(Part.Publish::new),
        Combinators.combine(
                origin(),
                Arbitraries.of(MessageAction.UPDATE, MessageAction.DELETE),
                text(),
                change(),
                author(),
                version(),
                Arbitraries.of(true, false))
            .as(Part.Mutate::new),
        Combinators.combine(
                text(),
                change(),
                author(),
                version(),
                Arbitraries.of(true, false),
                piece.list().ofMinSize(1).ofMaxSize(3))
            .as(Part.Append::new),
        Combinators.combine(origin(), owner(), presence().list().ofMinSize(1).ofMaxSize(3))
            .as(Part.Presence::new),
        Combinators.combine(origin(), text(), annotation().list().ofMinSize(1).ofMaxSize(3))
            .as(Part.Annotate::new),
        Combinators.combine(
                origin(),
                author(),
                Combinators.combine(StoredOperations.operation(), maybe(text()), maybe(extras()))
                    .as(Part.Act::new)
                    .list()
                    .ofMinSize(1)
                    .ofMaxSize(3))
            .as(Part.Operate::new),
        Combinators.combine(text(), number()).as(Part.Collect::new),
        number().map(Part.Expire::new),
        Combinators.combine(text(), owner()).as(Part.Own::new),
        Combinators.combine(text(), text(), text()).as(Part.Depart::new));
  }

  static Arbitrary<Entry> entry() {
    Arbitrary<Integer> most = Arbitraries.integers().greaterOrEqual(0);
    Arbitrary<FoldLimits> limits =
        Combinators.combine(most, most, number(), most, number())
            .as(
                (bytes, members, kept, objects, grace) ->
                    new FoldLimits(bytes, members, kept).withObjects(objects, grace));
    return Combinators.combine(part().list().ofMinSize(1).ofMaxSize(4), maybe(limits))
        .as(Entry::new);
  }

  static Arbitrary<StoredMessage> message() {
    Arbitrary<Message> whole =
        Combinators.combine(
                Arbitraries.of(MessageAction.CREATE, MessageAction.UPDATE, MessageAction.DELETE),
                published(),
                number(),
                text(),
                version())
            .as(
                (action, message, time, serial, version) ->
                    new Message(
                        action,
                        message.id(),
                        message.name(),
                        message.data(),
                        message.encoding(),
                        message.clientId(),
                        message.connectionId(),
                        null,
                        time,
                        message.extras(),
                        serial,
                        version));
    Arbitrary<Integer> count = Arbitraries.integers().greaterOrEqual(0);
    Arbitrary<Boolean> appended = Arbitraries.of(true, false);
    return Combinators.combine(
            whole, text(), maybe(text()), number(), count, appended, count, tallies())
        .as(StoredMessage::new);
  }

  static Arbitrary<ChannelManifest> manifest() {
    Arbitrary<byte[]> state = Arbitraries.bytes().array(byte[].class).ofMaxSize(20);
    return Combinators.combine(number(), number(), state).as(ChannelManifest::new);
  }
}

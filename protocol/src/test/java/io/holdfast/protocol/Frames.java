package io.holdfast.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/** Any frame, for properties; every optional field is absent now and then. */
final class Frames {
  private Frames() {}

  static Arbitrary<Frame> any() {
    List<Supplier<Arbitrary<? extends Frame>>> kinds = new ArrayList<>();
    kinds.add(() -> maybe(text()).map(Frame.Heartbeat::new));
    kinds.add(() -> Combinators.combine(serial(), count(), results()).as(Frame.Ack::new));
    kinds.add(() -> Combinators.combine(serial(), count(), error()).as(Frame.Nack::new));
    kinds.add(
        () -> Combinators.combine(text(), details(), maybe(error())).as(Frame.Connected::new));
    kinds.add(() -> Arbitraries.of(new Frame.Disconnect(), new Frame.Close(), new Frame.Closed()));
    kinds.add(() -> maybe(error()).map(Frame.Disconnected::new));
    kinds.add(() -> Combinators.combine(maybe(text()), error()).as(Frame.ProtocolError::new));
    kinds.add(
        () -> Combinators.combine(text(), maybe(text()), flags(), params()).as(Frame.Attach::new));
    kinds.add(
        () ->
            Combinators.combine(text(), text(), flags(), params(), maybe(error()))
                .as(Frame.Attached::new));
    kinds.add(() -> text().map(Frame.Detach::new));
    kinds.add(() -> Combinators.combine(text(), maybe(error())).as(Frame.Detached::new));
    kinds.add(
        () ->
            Combinators.combine(
                    text(),
                    presence().list().ofMaxSize(3),
                    serial().injectNull(0.3).map(s -> s == null ? -1L : s),
                    maybe(text()),
                    maybe(text()),
                    maybe(text()),
                    timestamp())
                .as(Frame.Presence::new));
    kinds.add(
        () ->
            Combinators.combine(
                    text(),
                    message().list().ofMaxSize(3),
                    serial().injectNull(0.3).map(s -> s == null ? -1L : s),
                    maybe(text()),
                    maybe(text()),
                    maybe(text()),
                    timestamp(),
                    params())
                .as(Frame.Messages::new));
    kinds.add(
        () ->
            Combinators.combine(text(), maybe(text()), presence().list().ofMaxSize(3))
                .as(Frame.Sync::new));
    kinds.add(
        () ->
            Combinators.combine(
                    text(),
                    annotation().list().ofMaxSize(3),
                    serial().injectNull(0.3).map(s -> s == null ? -1L : s),
                    maybe(text()),
                    maybe(text()),
                    maybe(text()),
                    timestamp())
                .as(Frame.Annotations::new));
    kinds.add(
        () ->
            Combinators.combine(
                    text(),
                    ObjectFrames.operations().list().ofMaxSize(3),
                    serial().injectNull(0.3).map(s -> s == null ? -1L : s),
                    maybe(text()),
                    maybe(text()),
                    maybe(text()),
                    timestamp())
                .as(Frame.Objects::new));
    kinds.add(
        () ->
            Combinators.combine(text(), maybe(text()), ObjectFrames.states().list().ofMaxSize(3))
                .as(Frame.ObjectSync::new));
    kinds.add(() -> maybe(text()).map(Frame.Auth::new));
    kinds.add(
        () ->
            Combinators.combine(
                    Arbitraries.integers()
                        .between(18, 99)
                        .filter(action -> action < 19 || action > 21),
                    maybe(text()),
                    serial())
                .as(Frame.Unknown::new));
    return Arbitraries.of(kinds).flatMap(kind -> kind.get().map(Frame.class::cast));
  }

  static Arbitrary<Message> message() {
    Arbitrary<Message> head =
        Combinators.combine(
                Arbitraries.of(MessageAction.values()),
                maybe(text()),
                maybe(text()),
                payload(),
                maybe(text()),
                maybe(text()),
                maybe(text()),
                timestamp())
            .as(
                (action, id, name, payload, client, connection, key, time) ->
                    new Message(
                        action,
                        id,
                        name,
                        payload.data,
                        payload.encoding,
                        client,
                        connection,
                        key,
                        time,
                        null,
                        null,
                        null));
    Arbitrary<String> summary = Arbitraries.of("{}", "{\"n:total.v1\":{\"total\":1}}");
    return Combinators.combine(
            head, maybe(extras()), maybe(text()), maybe(version()), maybe(summary))
        .as(
            (m, extras, serial, version, summed) ->
                new Message(
                    m.action(),
                    m.id(),
                    m.name(),
                    m.data(),
                    m.encoding(),
                    m.clientId(),
                    m.connectionId(),
                    m.connectionKey(),
                    m.timestamp(),
                    extras,
                    serial,
                    version,
                    summed));
  }

  private static Arbitrary<Annotation> annotation() {
    Arbitrary<Annotation> head =
        Combinators.combine(
                Arbitraries.of(AnnotationAction.values()),
                maybe(text()),
                maybe(text()),
                maybe(text()),
                maybe(text()),
                timestamp(),
                payload(),
                maybe(text()))
            .as(
                (action, id, client, connection, name, count, payload, serial) ->
                    new Annotation(
                        action,
                        id,
                        client,
                        connection,
                        name,
                        count,
                        payload.data,
                        payload.encoding,
                        0,
                        serial,
                        null,
                        null,
                        null));
    return Combinators.combine(head, timestamp(), maybe(text()), maybe(text()), maybe(extras()))
        .as(
            (a, time, target, type, extras) ->
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
                    a.serial(),
                    target,
                    type,
                    extras));
  }

  private static Arbitrary<PresenceMessage> presence() {
    return Combinators.combine(
            Arbitraries.of(PresenceAction.values()),
            maybe(text()),
            maybe(text()),
            maybe(text()),
            payload(),
            maybe(extras()),
            timestamp())
        .as(
            (action, id, client, connection, payload, extras, time) ->
                new PresenceMessage(
                    action, id, client, connection, payload.data, payload.encoding, extras, time));
  }

  private record Payload(@Nullable Data data, @Nullable String encoding) {}

  private static Arbitrary<Payload> payload() {
    Arbitrary<Data> text = text().map(Data::text);
    Arbitrary<Data> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(40).map(Data::binary);
    return Combinators.combine(
            maybe(Arbitraries.oneOf(text, bytes)),
            maybe(Arbitraries.of("utf-8", "json", "json/utf-8/cipher+aes-256-cbc")))
        .as(Payload::new);
  }

  static Arbitrary<String> text() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ascii().ofMaxLength(40),
        Arbitraries.strings().all().ofMaxLength(20).map(Text::wellFormed),
        Arbitraries.of("", "\u0000\u001f\"\\/", "héllo 🌊", "x".repeat(300)));
  }

  static Arbitrary<Extras> extras() {
    return Arbitraries.of(
            "{}",
            "{\"ephemeral\":true}",
            "{\"ai\":{\"transport\":{\"status\":\"streaming\"},\"codec\":{}}}",
            "{\"headers\":{\"n\":1,\"f\":1.5,\"b\":false,\"z\":null,\"big\":1234567890123}}",
            "{\"deep\":[[1,[]],{\"é\":\"🌊\\\"\"}]}")
        .map(Extras::of);
  }

  private static Arbitrary<Version> version() {
    return Combinators.combine(
            maybe(text()),
            timestamp(),
            maybe(text()),
            maybe(text()),
            maybe(Arbitraries.of("{}", "{\"why\":\"typo\",\"n\":-1}")))
        .as(Version::new);
  }

  private static Arbitrary<List<Frame.PublishResult>> results() {
    Arbitrary<List<@Nullable String>> serials = maybe(text()).list().ofMaxSize(3);
    return serials.map(Frame.PublishResult::new).list().ofMaxSize(3);
  }

  private static Arbitrary<ConnectionDetails> details() {
    return Combinators.combine(maybe(text()), text(), Arbitraries.integers(), timestamp(), text())
        .as(
            (client, key, number, time, site) ->
                new ConnectionDetails(
                    client, key, number, number, number, time, time, site, site, time));
  }

  private static Arbitrary<ErrorInfo> error() {
    return Combinators.combine(
            Arbitraries.integers(), Arbitraries.integers(), text(), maybe(text()))
        .as(ErrorInfo::new);
  }

  private static Arbitrary<Map<String, String>> params() {
    return Arbitraries.maps(text(), text()).ofMaxSize(3);
  }

  private static Arbitrary<Long> serial() {
    return Arbitraries.longs().greaterOrEqual(0);
  }

  private static Arbitrary<Integer> count() {
    return Arbitraries.integers().greaterOrEqual(1);
  }

  private static Arbitrary<Long> timestamp() {
    return Arbitraries.longs().injectDuplicates(0.1);
  }

  private static Arbitrary<Long> flags() {
    return Arbitraries.longs().between(0, (1L << 26) - 1);
  }

  private static <T> Arbitrary<@Nullable T> maybe(Arbitrary<T> some) {
    return some.injectNull(0.4);
  }
}

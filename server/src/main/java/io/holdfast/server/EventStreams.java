package io.holdfast.server;

import io.holdfast.connections.ConnectRequest;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The way in for readers without an SDK: they name channels in a query and are told what happens
 * there, as server-sent events or as lines of JSON.
 */
final class EventStreams {
  private static final int OLDEST_VERSION = 1;

  /** An id names a place on each of them, and every event carries one. */
  private static final int MAX_CHANNELS = 100;

  /** Channel params that may stand in the query, for all its channels. */
  private static final List<String> CHANNEL_PARAMS =
      List.of("rewind", "rewindLimit", "delta", "occupancy", "objects", "appendMode");

  private final Reception reception;
  private final Traffic traffic;

  EventStreams(Reception reception, Traffic traffic) {
    this.reception = reception;
    this.traffic = traffic;
  }

  /**
   * Answers a reader.
   *
   * @param open whether the server takes new connections
   */
  void answer(SocketExchange exchange, boolean open) {
    Request request = exchange.request();
    if (!request.method().equals("GET")) {
      throw new Refusal(ErrorCode.METHOD_NOT_ALLOWED.info("this path takes GET"));
    }
    if (!open) {
      throw new Refusal(Refusal.stopping());
    }
    switch (reception.read(request.target(), request.headers(), OLDEST_VERSION)) {
      case Reception.Reading.Refused(ErrorInfo error) -> throw new Refusal(error);
      case Reception.Reading.Welcome(var principal, ConnectRequest wanted) ->
          open(exchange, wanted.fromNothing().withHeartbeats());
    }
  }

  private void open(SocketExchange exchange, ConnectRequest wanted) {
    Target target = exchange.request().target();
    EventPlaces places = places(exchange.request());
    boolean enveloped = choice(target, "enveloped", true);
    Map<String, String> params = new TreeMap<>();
    for (String name : CHANNEL_PARAMS) {
      String value = target.param(name);
      if (value != null) {
        params.put(name, value);
      }
    }
    if (!enveloped) {
      // Bare data does not say what it continues.
      params.putIfAbsent("appendMode", "full");
    }
    EventForm form =
        new EventForm(lines(exchange.request()), enveloped, choice(target, "heartbeats", false));
    EventTransport transport = new EventTransport(exchange, form, places, traffic.new Waiting());
    transport.opened(reception.open(transport, wanted));
    for (String channel : places.channels()) {
      long modes = Flags.SUBSCRIBE | Flags.PRESENCE_SUBSCRIBE;
      transport.attach(new Frame.Attach(channel, places.at(channel), modes, params));
    }
  }

  private static boolean choice(Target target, String param, boolean usual) {
    String value = target.param(param);
    return switch (value) {
      case null -> usual;
      case "true" -> true;
      case "false" -> false;
      default -> throw new Refusal(ErrorCode.BAD_PARAMETER.info(param + " must be true or false"));
    };
  }

  /** Server-sent events wherever they are asked for by path or by what is accepted. */
  private static boolean lines(Request request) {
    String accepted = request.headers().get("Accept", "");
    return request.target().segments().getFirst().equals("event-stream")
        && !accepted.contains("text/event-stream");
  }

  private static EventPlaces places(Request request) {
    Target target = request.target();
    String names = target.param("channels");
    if (names == null) {
      names = target.param("channel");
    }
    if (names == null || names.isEmpty()) {
      throw new Refusal(ErrorCode.BAD_PARAMETER.info("channels must name at least one channel"));
    }
    String separator = target.param("separator");
    String between = separator == null || separator.isEmpty() ? "," : separator;
    TreeSet<String> channels =
        new TreeSet<>(List.of(names.split(java.util.regex.Pattern.quote(between), -1)));
    if (channels.size() > MAX_CHANNELS) {
      throw new Refusal(
          ErrorCode.BAD_PARAMETER.info("a stream is of at most " + MAX_CHANNELS + " channels"));
    }
    return new EventPlaces(channels, lastEvent(request));
  }

  /** A browser that comes back by itself says in its header what it saw last. */
  private static @Nullable String lastEvent(Request request) {
    String header = request.headers().get("Last-Event-ID");
    String last = header == null ? request.target().param("lastEvent") : header;
    return last == null || last.isEmpty() ? null : last;
  }
}

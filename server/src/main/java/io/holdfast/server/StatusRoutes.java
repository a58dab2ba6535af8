package io.holdfast.server;

import io.holdfast.channels.Channels;
import io.holdfast.channels.Occupancy;
import io.holdfast.connections.ChannelNames;
import io.holdfast.journal.ChannelId;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Which channels are in use and by how many. */
final class StatusRoutes {
  private static final int CHANNEL = 1;

  /** From here on channels are listed by name alone unless asked otherwise. */
  private static final int NAMES_SINCE = 3;

  private final Authenticator authenticator;
  private final Channels channels;

  StatusRoutes(Authenticator authenticator, Channels channels) {
    this.authenticator = authenticator;
    this.channels = channels;
  }

  void addTo(Rest rest) {
    rest.on("GET", "/channels/*", this::status).on("GET", "/channels", this::active);
  }

  private CompletableFuture<Response> status(Request request) {
    Principal principal = request.principal(authenticator);
    String channel = request.target().segments().get(CHANNEL);
    ErrorInfo fault = ChannelNames.fault(channel);
    if (fault != null) {
      throw new Refusal(fault);
    }
    if (!principal.capability().permits(Operation.CHANNEL_METADATA, channel)) {
      throw denied();
    }
    return channels
        .occupancy(new ChannelId(principal.app(), channel))
        .thenApply(occupancy -> Response.ok(details(channel, occupancy)));
  }

  private static Map<String, Object> details(String channel, Occupancy occupancy) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("channelId", channel);
    details.put("name", channel);
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("isActive", occupancy.active());
    status.put("occupancy", Map.of("metrics", occupancy.metrics()));
    details.put("status", status);
    return details;
  }

  /** A page of the channels somebody is on, in the order of their names. */
  private CompletableFuture<Response> active(Request request) {
    Principal principal = request.principal(authenticator);
    if (!principal.capability().permits(Operation.CHANNEL_METADATA)) {
      throw denied();
    }
    Target target = request.target();
    int limit = PageParams.limit(target);
    String after = PageParams.cursor(target);
    String prefix = target.param("prefix") == null ? "" : target.param("prefix");
    boolean whole = whole(request);
    List<ChannelId> known =
        channels.open().stream()
            .filter(id -> id.app().equals(principal.app()) && id.name().startsWith(prefix))
            .filter(id -> after == null || id.name().compareTo(after) > 0)
            .filter(id -> principal.capability().permits(Operation.CHANNEL_METADATA, id.name()))
            .sorted()
            .toList();
    List<CompletableFuture<Occupancy>> asked = known.stream().map(channels::occupancy).toList();
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(
            all -> {
              List<Object> items = new ArrayList<>();
              String last = null;
              String next = null;
              for (int i = 0; i < known.size() && next == null; i++) {
                String name = known.get(i).name();
                Occupancy occupancy = asked.get(i).join();
                if (occupancy.active() && items.size() == limit) {
                  next = last;
                } else if (occupancy.active()) {
                  items.add(whole ? details(name, occupancy) : name);
                  last = name;
                }
              }
              return new Response.Tree(200, items, PageParams.links(target, next));
            });
  }

  private static boolean whole(Request request) {
    @Nullable String by = request.target().param("by");
    return switch (by) {
      case null -> request.version() < NAMES_SINCE;
      case "id" -> false;
      case "value" -> true;
      default -> throw new Refusal(ErrorCode.BAD_PARAMETER.info("by must be id or value"));
    };
  }

  private static Refusal denied() {
    return new Refusal(
        ErrorCode.CAPABILITY_DENIED.info(
            Operation.CHANNEL_METADATA.word() + " is not allowed on this channel"));
  }
}

package io.holdfast.server;

import io.holdfast.channels.ChannelUse;
import io.holdfast.channels.Channels;
import io.holdfast.connections.ChannelNames;
import io.holdfast.journal.ChannelId;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which channels are in use and by how many. */
final class StatusRoutes {
  private static final int CHANNEL = 1;

  /** From here on channels are listed by name alone unless asked otherwise. */
  private static final int NAMES_SINCE = 3;

  private final Authenticator authenticator;
  private final Channels channels;
  private final ChannelList list;

  /** Apps whose channels are being listed: every channel in memory is asked, so once at a time. */
  private final Set<String> listing = ConcurrentHashMap.newKeySet();

  StatusRoutes(Authenticator authenticator, Channels channels, ChannelList list) {
    this.authenticator = authenticator;
    this.channels = channels;
    this.list = list;
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
        .use(new ChannelId(principal.app(), ChannelNames.plain(channel)))
        .thenApply(use -> Response.ok(details(channel, use)));
  }

  private static Map<String, Object> details(String channel, ChannelUse use) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("channelId", channel);
    details.put("name", channel);
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("isActive", use.active());
    status.put("occupancy", Map.of("metrics", use.occupancy().metrics()));
    details.put("status", status);
    return details;
  }

  private CompletableFuture<Response> active(Request request) {
    Principal principal = request.principal(authenticator);
    if (!principal.capability().permits(Operation.CHANNEL_METADATA)) {
      throw denied();
    }
    Listing listed = Listing.of(request);
    if (!listing.add(principal.app())) {
      throw new Refusal(ErrorCode.ENUMERATION_BUSY.info());
    }
    CompletableFuture<Response> page;
    try {
      page = page(principal, listed);
    } catch (RuntimeException e) {
      listing.remove(principal.app());
      throw e;
    }
    // this one and none that follows from it: it is also completed when the time for it is over
    var _ = page.whenComplete((done, failure) -> listing.remove(principal.app()));
    return page;
  }

  /**
   * Which channels are asked for.
   *
   * @param after the name that the page comes after; null for the first page
   * @param whole with what is known of each, rather than by name alone
   */
  private record Listing(
      Target target, String prefix, @Nullable String after, int limit, boolean whole) {
    static Listing of(Request request) {
      Target target = request.target();
      String given = target.param("prefix");
      String prefix = given == null ? "" : given;
      String after =
          PageParams.cursor(
              target, name -> name.startsWith(prefix) && ChannelNames.fault(name) == null);
      return new Listing(
          target, prefix, after, PageParams.limit(target), StatusRoutes.whole(request));
    }
  }

  /** A page of the channels that are in use, in the order of their names. */
  private CompletableFuture<Response> page(Principal principal, Listing listed) {
    ChannelList.Wanted wanted =
        new ChannelList.Wanted(
            principal.app(),
            principal.capability(),
            listed.prefix(),
            listed.after(),
            listed.limit() + 1); // whether there is another page
    return list.find(wanted)
        .thenApply(
            found -> {
              List<Object> items = new ArrayList<>();
              String last = null;
              for (Map.Entry<String, ChannelUse> channel : found.channels().entrySet()) {
                if (items.size() < listed.limit()) {
                  last = channel.getKey();
                  items.add(listed.whole() ? details(last, channel.getValue()) : last);
                }
              }
              boolean more = !found.whole() || found.channels().size() > listed.limit();
              List<String> links = PageParams.links(listed.target(), more ? last : null);
              return new Response.Tree(200, items, links);
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

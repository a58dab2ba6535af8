package io.holdfast.server;

import io.holdfast.channels.Channels;
import io.holdfast.connections.ChannelNames;
import io.holdfast.connections.Permission;
import io.holdfast.connections.RestPublishing;
import io.holdfast.journal.ChannelId;
import io.holdfast.objects.Pool;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Value;
import io.holdfast.protocol.DecodedObjectRequests;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.ObjectRequest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * REST for the shared objects of a channel. Today it is {@code /object}, read as a tree. At {@code
 * /objects}, where it was first, the same operations are taken, and objects are read one by one.
 */
final class ObjectRoutes {
  private static final int CHANNEL = 1;
  private static final int OBJECT = 3;

  private final Authenticator authenticator;
  private final Channels channels;
  private final RestPublishing publishing;
  private final Clock clock;
  private final Supplier<String> nonces;
  private final Executor executor;
  private final Desk desk = new Desk();

  /**
   * The routes.
   *
   * @param nonces make the names of new objects differ
   * @param executor looks through objects, of which there may be many: a lane must not
   */
  ObjectRoutes(
      Authenticator authenticator,
      Channels channels,
      RestPublishing publishing,
      Clock clock,
      Supplier<String> nonces,
      Executor executor) {
    this.authenticator = authenticator;
    this.channels = channels;
    this.publishing = publishing;
    this.clock = clock;
    this.nonces = nonces;
    this.executor = executor;
  }

  void addTo(Rest rest) {
    rest.on("POST", "/channels/*/object", this::operate)
        .on("GET", "/channels/*/object", this::tree)
        .on("GET", "/channels/*/object/*", this::tree)
        .on("POST", "/channels/*/objects", this::operate)
        .on("GET", "/channels/*/objects", this::list)
        .on("GET", "/channels/*/objects/*", this::single)
        .on("GET", "/channels/*/objects/*/compact", this::compact);
  }

  // ---- reading ----

  private static String channel(Request request) {
    String channel = request.target().segments().get(CHANNEL);
    ErrorInfo fault = ChannelNames.fault(channel);
    if (fault != null) {
      throw new Refusal(fault);
    }
    return channel;
  }

  private interface Answer {
    Response of(Pool pool);
  }

  private CompletableFuture<Response> read(Request request, Answer answer) {
    Principal principal = request.principal(authenticator);
    String channel = channel(request);
    // who may subscribe gets the objects when attaching as well
    if (!principal.permits(Permission.OBJECT_SUBSCRIBE, channel)
        && !principal.permits(Permission.SUBSCRIBE, channel)) {
      throw new Refusal(
          ErrorCode.CAPABILITY_DENIED.info("object-subscribe is not allowed on this channel"));
    }
    return channels
        .objects(new ChannelId(principal.app(), ChannelNames.plain(channel)))
        .thenApplyAsync(pool -> desk.draw(request, pool, () -> answer.of(pool)), executor);
  }

  private CompletableFuture<Response> tree(Request request) {
    boolean compact = flag(request, "compact", true);
    String given = request.target().param("path");
    ObjectPath path = ObjectPath.of(given == null ? "" : given);
    return read(
        request,
        pool -> {
          SharedObject from = object(request, pool);
          Value value = path.one(pool, from.id());
          if (value == null) {
            throw new Refusal(ErrorCode.NO_OBJECT_AT_PATH.info("nothing is at " + path.quoted()));
          }
          ObjectTree.Form form = compact ? ObjectTree.Form.COMPACT : ObjectTree.Form.FULL;
          return Response.ok(ObjectTree.of(pool, value, form));
        });
  }

  /** The object that a request names; the root if it names none. */
  private static SharedObject object(Request request, Pool pool) {
    List<String> segments = request.target().segments();
    SharedObject object = segments.size() > OBJECT ? pool.get(segments.get(OBJECT)) : pool.root();
    if (object == null) {
      throw new Refusal(ErrorCode.OBJECT_NOT_FOUND.info());
    }
    if (object.head().deleted()) {
      throw new Refusal(ErrorCode.OBJECT_TREE_DELETED.info());
    }
    return object;
  }

  private static boolean flag(Request request, String name, boolean absent) {
    return switch (request.target().param(name)) {
      case null -> absent;
      case "true" -> true;
      case "false" -> false;
      default -> throw new Refusal(ErrorCode.BAD_PARAMETER.info(name + " must be true or false"));
    };
  }

  // ---- reading as it was first ----

  private CompletableFuture<Response> compact(Request request) {
    return read(
        request,
        pool -> {
          Value value = new Value.Reference(object(request, pool).id());
          return Response.ok(ObjectTree.of(pool, value, ObjectTree.Form.COMPACT));
        });
  }

  private static ObjectTree.Form form(Request request) {
    return flag(request, "metadata", false) ? ObjectTree.Form.DETAILED : ObjectTree.Form.FULL;
  }

  private CompletableFuture<Response> single(Request request) {
    ObjectTree.Form form = form(request);
    boolean children = flag(request, "children", false);
    return read(
        request,
        pool -> {
          SharedObject object = object(request, pool);
          return Response.ok(
              children
                  ? ObjectTree.of(pool, new Value.Reference(object.id()), form)
                  : ObjectTree.alone(pool, object, form));
        });
  }

  private CompletableFuture<Response> list(Request request) {
    ObjectTree.Form form = form(request);
    boolean values = flag(request, "values", form == ObjectTree.Form.DETAILED);
    int limit = PageParams.limit(request.target());
    String after = PageParams.cursor(request.target());
    return read(
        request,
        pool -> {
          List<Object> items = new ArrayList<>();
          String[] last = {null};
          boolean all =
              pool.objects()
                  .forEachAfter(
                      after,
                      (id, object) -> {
                        if (object.head().deleted() && form != ObjectTree.Form.DETAILED) {
                          return true;
                        }
                        if (items.size() == limit) {
                          return false;
                        }
                        items.add(values ? ObjectTree.alone(pool, object, form) : id);
                        last[0] = id;
                        return true;
                      });
          return new Response.Tree(
              200, items, PageParams.links(request.target(), all ? null : last[0]));
        });
  }

  // ---- changing ----

  private CompletableFuture<Response> operate(Request request) {
    Principal principal = request.principal(authenticator);
    String channel = channel(request);
    List<ObjectRequest> requests =
        switch (DecodedObjectRequests.read(request.messageFormat(), request.body())) {
          case DecodedObjectRequests.Ok(List<ObjectRequest> read) -> read;
          case DecodedObjectRequests.Refused(ErrorInfo error) -> throw new Refusal(error);
        };
    if (!principal.permits(Permission.OBJECT_PUBLISH, channel)) {
      throw new Refusal(
          ErrorCode.CAPABILITY_DENIED.info("object-publish is not allowed on this channel"));
    }
    String id = base(requests);
    ChannelId stored = new ChannelId(principal.app(), ChannelNames.plain(channel));
    // asked first: since it was done, its paths may have come to lead nowhere
    CompletableFuture<Boolean> repeated =
        id == null
            ? CompletableFuture.completedFuture(false)
            : publishing.operatedBefore(principal, channel, id, requests.size());
    return repeated
        .thenCompose(
            again ->
                (again || ObjectPlan.looksUp(requests)
                        ? channels.objects(stored)
                        : CompletableFuture.completedFuture(Pool.EMPTY))
                    .thenApply(pool -> new Found(again, pool)))
        .thenComposeAsync(
            found ->
                found.again
                    ? repeated(requests, found.pool)
                    : operate(principal, channel, requests, id, found.pool),
            executor)
        .thenApply(done -> done.response(channel, requests.getFirst().id()));
  }

  /** Whether a request was carried out before, and the objects as they stand. */
  private record Found(boolean again, Pool pool) {}

  private CompletableFuture<Done> operate(
      Principal principal,
      String channel,
      List<ObjectRequest> requests,
      @Nullable String id,
      Pool pool) {
    ObjectPlan plan = plan(requests, pool);
    ChannelId stored = new ChannelId(principal.app(), ChannelNames.plain(channel));
    return publishing
        .operate(principal, channel, plan.messages(id), requests.size())
        .thenCompose(outcome -> objectIds(outcome, plan, stored));
  }

  private ObjectPlan plan(List<ObjectRequest> requests, Pool pool) {
    Supplier<ObjectPlan> made =
        () -> ObjectPlan.of(requests, pool, clock.millis(), nonces, publishing::tooLarge);
    return ObjectPlan.looksUp(requests) && Desk.isLarge(pool) ? desk.think(made) : made.get();
  }

  /** The answer to what was done before, with the objects as far as they are still found. */
  private CompletableFuture<Done> repeated(List<ObjectRequest> requests, Pool pool) {
    List<String> found;
    try {
      List<String> planned = plan(requests, pool).objectIds(pool);
      found = planned.stream().filter(id -> pool.get(id) != null).toList();
    } catch (Refusal refusal) {
      if (refusal.error().code() == ErrorCode.BUSY.number()) {
        throw refusal;
      }
      found = List.of();
    }
    return CompletableFuture.completedFuture(
        new Done(String.valueOf(requests.getFirst().id()), found));
  }

  /**
   * What all ids of a request have in common; null if it has none. Of several each is the base, a
   * colon and its index.
   */
  private static @Nullable String base(List<ObjectRequest> requests) {
    String first = requests.getFirst().id();
    int colon = first == null ? -1 : first.lastIndexOf(':');
    String base =
        first == null || requests.size() == 1 || colon < 0 ? first : first.substring(0, colon);
    for (int i = 0; i < requests.size(); i++) {
      String expected = base == null || requests.size() == 1 ? base : base + ":" + i;
      if (!Objects.equals(expected, requests.get(i).id()) || "".equals(base)) {
        throw new Refusal(
            ErrorCode.INVALID_MESSAGE_ID.info(
                "an id is not empty, and those of a batch are one base followed by ':' and the"
                    + " index from 0"));
      }
    }
    return base;
  }

  private record Done(String messageId, List<String> objectIds) {
    Response response(String channel, @Nullable String given) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("messageId", given == null ? messageId + ":0" : given);
      body.put("channel", channel);
      body.put("objectIds", objectIds);
      return Response.created(body);
    }
  }

  private CompletableFuture<Done> objectIds(
      RestPublishing.Outcome outcome, ObjectPlan plan, ChannelId channel) {
    return switch (outcome) {
      case RestPublishing.Outcome.Refused(ErrorInfo error) -> throw new Refusal(error);
      case RestPublishing.Outcome.Done done ->
          plan.mayBeRepeated()
              ? channels
                  .objects(channel)
                  .thenApply(pool -> new Done(done.messageId(), plan.objectIds(pool)))
              : CompletableFuture.completedFuture(new Done(done.messageId(), plan.objectIds()));
    };
  }
}

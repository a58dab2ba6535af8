package io.holdfast.server;

import io.holdfast.channels.Channels;
import io.holdfast.channels.Page;
import io.holdfast.connections.ChannelNames;
import io.holdfast.connections.ChannelRules;
import io.holdfast.connections.Permission;
import io.holdfast.connections.RestPublishing;
import io.holdfast.journal.ChannelId;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.DecodedAnnotations;
import io.holdfast.protocol.DecodedMessages;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** REST under {@code /channels}. */
final class ChannelRoutes {
  private static final int CHANNEL = 1;
  private static final int SERIAL = 3;

  private final Authenticator authenticator;
  private final Channels channels;
  private final RestPublishing publishing;
  private final ChannelRules rules;
  private final Traffic traffic;

  ChannelRoutes(
      Authenticator authenticator,
      Channels channels,
      RestPublishing publishing,
      ChannelRules rules,
      Traffic traffic) {
    this.authenticator = authenticator;
    this.channels = channels;
    this.publishing = publishing;
    this.rules = rules;
    this.traffic = traffic;
  }

  void addTo(Rest rest) {
    rest.on("POST", "/channels/*/messages", this::publish)
        .on("GET", "/channels/*/messages", this::history)
        .on("GET", "/channels/*/history", this::history)
        .on("GET", "/channels/*/messages/*", this::message)
        .on("PATCH", "/channels/*/messages/*", this::change)
        .on("GET", "/channels/*/messages/*/versions", this::versions)
        .on("POST", "/channels/*/messages/*/annotations", this::annotate)
        .on("GET", "/channels/*/messages/*/annotations", this::annotations)
        .on("GET", "/channels/*/messages/*/annotations/client-summary", this::clientSummary)
        .on("GET", "/channels/*/messages/*/client-summary", this::clientSummary)
        .on("GET", "/channels/*/presence", this::members)
        .on("GET", "/channels/*/presence/history", this::presenceHistory);
  }

  // ---- who and where ----

  /** Where a request goes, once it is clear that it may. */
  private ChannelId allowed(Request request, Permission... any) {
    Principal principal = request.principal(authenticator);
    String channel = channel(request);
    for (Permission permission : any) {
      if (principal.permits(permission, channel)) {
        return new ChannelId(principal.app(), ChannelNames.plain(channel));
      }
    }
    throw new Refusal(
        ErrorCode.CAPABILITY_DENIED.info(
            Operation.of(any[0]).word() + " is not allowed on this channel"));
  }

  private static String channel(Request request) {
    String channel = request.target().segments().get(CHANNEL);
    ErrorInfo fault = ChannelNames.fault(channel);
    if (fault != null) {
      throw new Refusal(fault);
    }
    return channel;
  }

  private static String serial(Request request) {
    return request.target().segments().get(SERIAL);
  }

  // ---- publishing ----

  private CompletableFuture<Response> publish(Request request) {
    long began = System.nanoTime();
    Principal principal = request.principal(authenticator);
    String channel = channel(request);
    List<Message> messages = Publish.messages(request);
    return publishing
        .publish(principal, channel, messages, request.target().params())
        .thenApply(
            outcome -> {
              RestPublishing.Outcome.Done done = done(outcome);
              traffic.published(System.nanoTime() - began);
              Map<String, Object> body = new LinkedHashMap<>();
              body.put("channel", channel);
              body.put("messageId", done.messageId());
              body.put("serials", done.serials());
              return Response.created(body);
            });
  }

  private CompletableFuture<Response> change(Request request) {
    Principal principal = request.principal(authenticator);
    String channel = channel(request);
    List<Message> given =
        messages(BodyCodec.decodeMessage(request.messageFormat(), request.body()));
    Message change = addressed(given.getFirst(), serial(request));
    return publishing
        .change(principal, channel, change)
        .thenApply(
            outcome -> {
              RestPublishing.Outcome.Done done = done(outcome);
              Map<String, @Nullable Object> body = new LinkedHashMap<>();
              body.put("channel", channel);
              body.put("versionSerial", done.serials().isEmpty() ? null : done.serials().get(0));
              return Response.ok(body);
            });
  }

  /** The change with the serial of its path; what does not say what it does is an update. */
  private static Message addressed(Message change, String serial) {
    if (change.serial() != null && !change.serial().equals(serial)) {
      throw new Refusal(ErrorCode.BAD_PARAMETER.info("the body has another serial than the path"));
    }
    MessageAction action =
        change.action() == MessageAction.CREATE ? MessageAction.UPDATE : change.action();
    return new Message(
        action,
        change.id(),
        change.name(),
        change.data(),
        change.encoding(),
        change.clientId(),
        change.connectionId(),
        change.connectionKey(),
        change.timestamp(),
        change.extras(),
        serial,
        change.version());
  }

  private static List<Message> messages(DecodedMessages decoded) {
    return switch (decoded) {
      case DecodedMessages.Ok(List<Message> messages) -> messages;
      case DecodedMessages.Refused(ErrorInfo error) -> throw new Refusal(error);
    };
  }

  private static RestPublishing.Outcome.Done done(RestPublishing.Outcome outcome) {
    return switch (outcome) {
      case RestPublishing.Outcome.Done done -> done;
      case RestPublishing.Outcome.Refused(ErrorInfo error) -> throw new Refusal(error);
    };
  }

  private CompletableFuture<Response> annotate(Request request) {
    Principal principal = request.principal(authenticator);
    String channel = channel(request);
    String target = serial(request);
    List<Annotation> given =
        switch (BodyCodec.decodeAnnotations(request.bodyFormat(), request.body())) {
          case DecodedAnnotations.Ok(List<Annotation> annotations) -> annotations;
          case DecodedAnnotations.Refused(ErrorInfo error) -> throw new Refusal(error);
        };
    List<Annotation> annotations = given.stream().map(a -> addressed(a, target)).toList();
    return publishing
        .annotate(principal, channel, annotations)
        .thenApply(
            outcome ->
                Response.created(Map.of("channel", channel, "serials", done(outcome).serials())));
  }

  private static Annotation addressed(Annotation annotation, String target) {
    if (annotation.messageSerial() != null && !annotation.messageSerial().equals(target)) {
      throw new Refusal(ErrorCode.BAD_PARAMETER.info("the body has another serial than the path"));
    }
    return new Annotation(
        annotation.action(),
        annotation.id(),
        annotation.clientId(),
        annotation.connectionId(),
        annotation.name(),
        annotation.count(),
        annotation.data(),
        annotation.encoding(),
        annotation.timestamp(),
        annotation.serial(),
        target,
        annotation.type(),
        annotation.extras());
  }

  // ---- reading ----

  private CompletableFuture<Response> annotations(Request request) {
    ChannelId channel = allowed(request, Permission.ANNOTATION_SUBSCRIBE, Permission.HISTORY);
    annotatable(channel);
    String serial = serial(request);
    String after = PageParams.cursor(request.target(), key -> key.startsWith(serial + "/"));
    return channels
        .annotations(channel, serial, PageParams.limit(request.target()), after)
        .thenCompose(
            page ->
                page.items().isEmpty() && after == null
                    ? known(channel, serial).thenApply(known -> page(request, page))
                    : CompletableFuture.completedFuture(page(request, page)));
  }

  /** Fails where there is no message of that serial. */
  private CompletableFuture<Message> known(ChannelId channel, String serial) {
    return channels
        .message(channel, serial)
        .thenApply(
            message -> {
              if (message == null) {
                throw noMessage();
              }
              return message;
            });
  }

  private void annotatable(ChannelId channel) {
    if (!rules.mutable(channel.app(), channel.name())) {
      throw new Refusal(ErrorCode.MUTATIONS_DISABLED.info());
    }
  }

  private CompletableFuture<Response> clientSummary(Request request) {
    ChannelId channel = allowed(request, Permission.ANNOTATION_SUBSCRIBE, Permission.HISTORY);
    annotatable(channel);
    String asked = request.target().param("forClientId");
    String client = asked == null ? request.principal(authenticator).concreteClientId() : asked;
    if (client == null) {
      throw new Refusal(ErrorCode.BAD_PARAMETER.info("forClientId says whose summary is wanted"));
    }
    return channels
        .summaryOf(channel, serial(request), client)
        .thenApply(
            summary -> {
              if (summary == null) {
                throw noMessage();
              }
              byte[] json = summary.getBytes(StandardCharsets.UTF_8);
              Object tree = BodyCodec.decodeTree(Format.JSON, json);
              return Response.ok(tree == null ? Map.of() : tree);
            });
  }

  private ChannelId past(Request request) {
    if (ChannelNames.derived(channel(request))) {
      throw new Refusal(
          ErrorCode.BAD_PARAMETER.info("a derived channel has no history, only its channel has"));
    }
    return allowed(request, Permission.HISTORY);
  }

  private CompletableFuture<Response> history(Request request) {
    ChannelId channel = past(request);
    return channels
        .history(channel, PageParams.history(request.target()))
        .thenApply(page -> page(request, page));
  }

  private CompletableFuture<Response> presenceHistory(Request request) {
    ChannelId channel = past(request);
    return channels
        .presenceHistory(channel, PageParams.history(request.target()))
        .thenApply(page -> page(request, page));
  }

  private static Response page(Request request, Page<?> page) {
    return new Response.Tree(200, page.items(), PageParams.links(request.target(), page.next()));
  }

  private CompletableFuture<Response> message(Request request) {
    ChannelId channel = allowed(request, Permission.HISTORY);
    return channels
        .message(channel, serial(request))
        .thenApply(
            message -> {
              if (message == null) {
                throw noMessage();
              }
              return Response.ok(message);
            });
  }

  private CompletableFuture<Response> versions(Request request) {
    ChannelId channel = allowed(request, Permission.HISTORY);
    return channels
        .versions(channel, serial(request))
        .thenApply(
            versions -> {
              if (versions.isEmpty()) {
                throw noMessage();
              }
              return slice(request, versions);
            });
  }

  private static Refusal noMessage() {
    return new Refusal(ErrorCode.NOT_FOUND.info("the channel has no message of this serial"));
  }

  private CompletableFuture<Response> members(Request request) {
    ChannelId channel = allowed(request, Permission.SUBSCRIBE, Permission.PRESENCE);
    String client = request.target().param("clientId");
    String connection = request.target().param("connectionId");
    return channels
        .members(channel)
        .thenApply(
            members ->
                slice(
                    request,
                    members.stream()
                        .filter(member -> matches(client, member.clientId()))
                        .filter(member -> matches(connection, member.connectionId()))
                        .toList()));
  }

  private static boolean matches(@Nullable String wanted, @Nullable String actual) {
    return wanted == null || wanted.equals(actual);
  }

  /** A page of what is all there. */
  private static Response slice(Request request, List<?> all) {
    int from = Math.min(PageParams.offset(request.target()), all.size());
    int to = (int) Math.min(all.size(), (long) from + PageParams.limit(request.target()));
    String next = to < all.size() ? Integer.toString(to) : null;
    return new Response.Tree(200, all.subList(from, to), PageParams.links(request.target(), next));
  }
}

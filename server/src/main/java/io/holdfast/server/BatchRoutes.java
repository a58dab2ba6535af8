package io.holdfast.server;

import io.holdfast.channels.Channels;
import io.holdfast.connections.ChannelNames;
import io.holdfast.connections.Permission;
import io.holdfast.connections.RestPublishing;
import io.holdfast.journal.ChannelId;
import io.holdfast.protocol.BatchSpec;
import io.holdfast.protocol.DecodedBatch;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** REST that asks of many channels at once; what fails on one does not hold up the others. */
final class BatchRoutes {
  private static final int MAX_CHANNELS = 100;
  private static final int MAX_SPECS = 100;

  private final Authenticator authenticator;
  private final Channels channels;
  private final RestPublishing publishing;

  BatchRoutes(Authenticator authenticator, Channels channels, RestPublishing publishing) {
    this.authenticator = authenticator;
    this.channels = channels;
    this.publishing = publishing;
  }

  void addTo(Rest rest) {
    rest.on("POST", "/messages", this::publish).on("GET", "/presence", this::presence);
  }

  // ---- publishing ----

  private CompletableFuture<Response> publish(Request request) {
    Principal principal = request.principal(authenticator);
    DecodedBatch.Ok batch =
        switch (DecodedBatch.read(request.bodyFormat(), request.body())) {
          case DecodedBatch.Ok ok -> ok;
          case DecodedBatch.Refused(ErrorInfo error) -> throw new Refusal(error);
        };
    if (batch.specs().isEmpty() || batch.specs().size() > MAX_SPECS) {
      throw new Refusal(
          ErrorCode.BAD_REQUEST.info("a batch takes from 1 to " + MAX_SPECS + " specs"));
    }
    batch.specs().forEach(BatchRoutes::check);
    List<CompletableFuture<List<Map<String, Object>>>> specs = new ArrayList<>();
    for (BatchSpec spec : batch.specs()) {
      specs.add(
          all(
              spec.channels().stream()
                  .map(channel -> publish(principal, channel, spec, request.target().params()))
                  .toList()));
    }
    return all(specs)
        .thenApply(results -> BatchResults.publishes(request, results, batch.several()));
  }

  private static void check(BatchSpec spec) {
    if (spec.channels().isEmpty() || spec.channels().size() > MAX_CHANNELS) {
      throw new Refusal(
          ErrorCode.BAD_REQUEST.info("a spec names from 1 to " + MAX_CHANNELS + " channels"));
    }
    if (spec.messages().isEmpty()) {
      throw new Refusal(ErrorCode.BAD_REQUEST.info("a spec needs at least one message"));
    }
  }

  private CompletableFuture<Map<String, Object>> publish(
      Principal principal, String channel, BatchSpec spec, Map<String, String> params) {
    return publishing
        .publish(principal, channel, spec.messages(), params)
        .thenApply(
            outcome ->
                switch (outcome) {
                  case RestPublishing.Outcome.Refused(ErrorInfo error) ->
                      BatchResults.failed("channel", channel, error);
                  case RestPublishing.Outcome.Done(String id, List<@Nullable String> serials) -> {
                    Map<String, Object> result = BatchResults.of("channel", channel);
                    result.put("messageId", id);
                    result.put("serials", serials);
                    yield result;
                  }
                });
  }

  // ---- presence ----

  private CompletableFuture<Response> presence(Request request) {
    Principal principal = request.principal(authenticator);
    String named = request.target().param("channels");
    if (named == null) {
      named = request.target().param("channel");
    }
    if (named == null || named.isEmpty()) {
      throw new Refusal(ErrorCode.BAD_PARAMETER.info("channels must name at least one"));
    }
    List<String> names = BatchResults.separated(named, request.target().param("separator"));
    if (names.size() > MAX_CHANNELS) {
      throw new Refusal(ErrorCode.BAD_PARAMETER.info("channels must name at most " + MAX_CHANNELS));
    }
    return all(names.stream().map(channel -> members(principal, channel)).toList())
        .thenApply(results -> BatchResults.one(request, 200, results));
  }

  private CompletableFuture<Map<String, Object>> members(Principal principal, String channel) {
    ErrorInfo fault = ChannelNames.fault(channel);
    if (fault == null
        && !principal.permits(Permission.PRESENCE, channel)
        && !principal.permits(Permission.SUBSCRIBE, channel)) {
      fault = ErrorCode.CAPABILITY_DENIED.info("presence is not allowed on this channel");
    }
    if (fault != null) {
      return CompletableFuture.completedFuture(BatchResults.failed("channel", channel, fault));
    }
    return channels
        .members(new ChannelId(principal.app(), ChannelNames.plain(channel)))
        .thenApply(
            members -> {
              Map<String, Object> result = BatchResults.of("channel", channel);
              result.put("presence", members);
              return result;
            });
  }

  private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
        .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
  }
}

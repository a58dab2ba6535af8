package io.holdfast.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Whether there is a way to anywhere, so that a host that does not answer is to blame itself and
 * another one is worth trying (RTN17j).
 */
interface Network {
  /** Nobody says how to find out. */
  Network ASSUMED = () -> CompletableFuture.completedFuture(true);

  /** Completed on any thread, never with an error. */
  CompletableFuture<Boolean> up();

  /** There is a way when something answers at the address with 2xx in time. */
  static Network probed(HttpClient client, URI address, Duration patience) {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(patience).GET().build();
    return () ->
        client
            .sendAsync(request, BodyHandlers.discarding())
            .handle((answer, error) -> error == null && answer.statusCode() / 100 == 2);
  }
}

package io.holdfast.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Pages through a channel's history over REST, as a client that catches up would. */
final class HistoryReader {
  private static final Pattern NEXT = Pattern.compile("<\\./([^>]+)>;\\s*rel=\"next\"");
  private static final int LIMIT = 1000;
  private static final int MAX_PAGES = 100_000;

  private final URI first;

  HistoryReader(int port, String channel) {
    first =
        URI.create(
            "http://127.0.0.1:" + port + "/channels/" + channel + "/messages?limit=" + LIMIT);
  }

  Outcome readAll() {
    long start = System.nanoTime();
    long messages = 0;
    long bytes = 0;
    int pages = 0;
    try (var http = HttpClient.newHttpClient()) {
      for (URI page = first; page != null && pages < MAX_PAGES; pages++) {
        HttpResponse<byte[]> response = get(http, page);
        messages += stamps(response.body());
        bytes += response.body().length;
        page = next(page, response.headers().allValues("Link"));
      }
    } catch (IOException | InterruptedException e) {
      throw new LoadFailure("History could not be read: " + e, e);
    }
    return new Outcome()
        .put("messages", (double) messages)
        .put("pages", pages)
        .put("bytes", (double) bytes)
        .put("seconds", (System.nanoTime() - start) / 1e9);
  }

  private static HttpResponse<byte[]> get(HttpClient http, URI page)
      throws IOException, InterruptedException {
    String key = Base64.getEncoder().encodeToString(Load.KEY.getBytes(StandardCharsets.UTF_8));
    var request =
        HttpRequest.newBuilder(page)
            .header("Authorization", "Basic " + key)
            .header("Accept", "application/json")
            .header("X-Ably-Version", "6")
            .build();
    var response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new LoadFailure(
          "History answered "
              + response.statusCode()
              + ": "
              + new String(response.body(), StandardCharsets.UTF_8));
    }
    return response;
  }

  private static long stamps(byte[] body) {
    long count = 0;
    for (byte b : body) {
      if (b == Wire.STAMP) {
        count++;
      }
    }
    return count;
  }

  static @Nullable URI next(URI page, List<String> links) {
    for (String link : links) {
      Matcher matcher = NEXT.matcher(link);
      if (matcher.find()) {
        return page.resolve(matcher.group(1));
      }
    }
    return null;
  }
}

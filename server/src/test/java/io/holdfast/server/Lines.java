package io.holdfast.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse.BodyHandlers;
import org.jspecify.annotations.Nullable;

/** An answer of arrays, one a line. */
record Lines(InputStream body, BufferedReader reader) implements AutoCloseable {
  static Lines of(RunningServer of, String path) throws Exception {
    InputStream body = of.http().send(of.bare(path).build(), BodyHandlers.ofInputStream()).body();
    return new Lines(body, new BufferedReader(new InputStreamReader(body, UTF_8)));
  }

  JsonNode next() throws Exception {
    return Json.MAPPER.readTree(reader.readLine());
  }

  @Nullable String read() throws Exception {
    return reader.readLine();
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}

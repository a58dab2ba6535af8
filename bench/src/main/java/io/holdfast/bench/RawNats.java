package io.holdfast.bench;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Baseline: NATS JetStream alone, through its own client, on the servers that the product is on:
 * publishes ({@code publish}, {@code fill}), messages told on another server ({@code deliver}), and
 * sessions read back ({@code read}).
 */
final class RawNats {
  private RawNats() {}

  public static void main(String[] args) {
    int exit = 0;
    try {
      run(Arguments.of(args));
    } catch (LoadFailure | IllegalArgumentException | IOException e) {
      System.err.println(e.getMessage());
      exit = 1;
    } catch (InterruptedException e) {
      exit = 1;
    }
    System.exit(exit);
  }

  private static void run(Arguments arguments) throws IOException, InterruptedException {
    List<Connection> connections = new ArrayList<>();
    // One to each server, as nodes have it.
    for (String url : arguments.text("servers", "").split(",", -1)) {
      connections.add(Nats.connect(new Options.Builder().server(url).build()));
    }
    Load.print(
        switch (arguments.words().getFirst()) {
          case "publish" -> new RawPublishing(arguments, connections).forAWhile();
          case "fill" -> new RawPublishing(arguments, connections).once();
          case "deliver" -> new RawDelivery(arguments, connections).run();
          case "read" -> new RawSessions(arguments, connections).run();
          default -> throw new LoadFailure("Unknown baseline: " + arguments.words().getFirst());
        });
  }
}

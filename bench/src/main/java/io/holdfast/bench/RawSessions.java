package io.holdfast.bench;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Sessions of plain messages, written by turns, so that none lies together, and read one by one.
 */
final class RawSessions {

  private final Arguments arguments;
  private final List<Connection> connections;

  RawSessions(Arguments arguments, List<Connection> connections) {
    this.arguments = arguments;
    this.connections = connections;
  }

  Outcome run() throws IOException, InterruptedException {
    var _ = new RawPublishing(arguments, connections).once();
    var latencies = new Histogram(60_000_000_000L, 3);
    Connection reader = connections.get(1 % connections.size());
    for (int session = 0; session < arguments.number("subjects"); session++) {
      long start = System.nanoTime();
      read(reader, NatsServers.RAW + "." + arguments.text("prefix", "") + "-" + session);
      latencies.recordValue(System.nanoTime() - start);
    }
    return new Outcome().put("read", latencies);
  }

  private void read(Connection reader, String subject) throws InterruptedException {
    int messages = arguments.number("each");
    String inbox = reader.createInbox();
    Subscription answers = reader.subscribe(inbox);
    String request =
        "{\"next_by_subj\":\"%s\",\"seq\":1,\"batch\":%d}".formatted(subject, messages);
    reader.publish(
        "$JS.API.DIRECT.GET." + NatsServers.RAW, inbox, request.getBytes(StandardCharsets.UTF_8));
    int read = 0;
    while (true) {
      Message message = answers.nextMessage(Duration.ofSeconds(10));
      if (message == null || message.isStatusMessage()) {
        break;
      }
      read++;
    }
    answers.unsubscribe();
    if (read != messages) {
      throw new LoadFailure("Of " + messages + " messages of a subject " + read + " came.");
    }
  }
}

package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.server.Settings.Engine;
import io.holdfast.server.Settings.Invocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The configuration that users are given for a cluster: its files are read, and speak of the same.
 */
class ClusterConfigurationTest {
  private static final Path FOLDER = Path.of("..", "docs", "cluster");
  private static final List<String> SERVERS = List.of("nats-1", "nats-2", "nats-3");
  private static final List<String> NODES = List.of("holdfast-1", "holdfast-2", "holdfast-3");

  private static String text(String name) throws IOException {
    return Files.readString(FOLDER.resolve(name));
  }

  private static List<String> found(String regex, String text) {
    return Pattern.compile(regex, Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map(result -> result.group(1))
        .toList();
  }

  private static Settings node() {
    String file = FOLDER.resolve("holdfast.yaml").toString();
    return assertInstanceOf(Invocation.Serve.class, Settings.parse("--config", file)).settings();
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return assertInstanceOf(Map.class, value);
  }

  private static List<?> list(@Nullable Object value) {
    return assertInstanceOf(List.class, value);
  }

  private static Map<?, ?> compose() throws IOException {
    return map(new Load(LoadSettings.builder().build()).loadFromString(text("compose.yaml")));
  }

  @Test
  void aNodeUsesTheServersThatThereAreAndHasAKey() throws Exception {
    Settings node = node();
    List<String> urls = SERVERS.stream().map(name -> "nats://" + name + ":4222").toList();
    assertEquals(new Engine.Nats(urls, SERVERS.size()), node.engine());
    assertTrue(node.hasKey());
    for (String name : SERVERS) {
      String server = text(name + ".conf");
      assertEquals(List.of(name), found("^server_name: (\\S+)$", server));
      assertEquals(List.of("4222", "6222"), found("^ *port: (\\d+)$", server));
    }
  }

  @Test
  void theServersDifferInNameAloneAndSyncBeforeTheyAcknowledge() throws Exception {
    String first = text("nats-1.conf");
    for (String name : SERVERS) {
      String server = text(name + ".conf");
      assertEquals(first, server.replaceFirst("server_name: " + name, "server_name: nats-1"));
      assertEquals(List.of("always"), found("^ *sync_interval: (\\S+)$", server));
      assertEquals(SERVERS, found("nats://([^:]+):6222", server));
    }
  }

  @Test
  void theBalancerKnowsEveryNodeAndAsksWhetherItIsReady() throws Exception {
    String balancer = text("haproxy.cfg");
    int port = node().port();
    assertEquals(
        NODES.stream().map(name -> name + " " + name + ":" + port).toList(),
        found("^  server (\\S+ \\S+)$", balancer));
    assertEquals(List.of("/readyz"), found("httpchk GET (\\S+)$", balancer));
    long shortest =
        found("^  timeout (?:client|server) (\\d+)s$", balancer).stream()
            .mapToLong(Long::parseLong)
            .min()
            .orElseThrow();
    assertTrue(shortest > 2 * Limits.DEFAULT.maxIdleInterval().toSeconds());
  }

  @Test
  void composeStartsAllOfThemWithTheirFiles() throws Exception {
    Map<?, ?> services = map(compose().get("services"));
    for (String name : SERVERS) {
      List<?> mounts = list(map(services.get(name)).get("volumes"));
      assertTrue(mounts.contains("./" + name + ".conf:/etc/nats/nats.conf:ro"), name);
      assertTrue(mounts.contains(name + ":/var/lib/nats"), name);
      assertEquals(List.of("/var/lib/nats"), found("store_dir: (\\S+)$", text(name + ".conf")));
    }
    assertEquals(SERVERS, List.copyOf(map(compose().get("volumes")).keySet()));
    for (String name : NODES) {
      Map<?, ?> node = map(services.get(name));
      assertEquals(SERVERS, node.get("depends_on"));
      assertTrue(list(node.get("volumes")).contains("./holdfast.yaml:/etc/holdfast.yaml:ro"));
      assertEquals(List.of("--config", "/etc/holdfast.yaml"), node.get("command"));
    }
    Map<?, ?> balancer = map(services.get("balancer"));
    assertEquals(NODES, balancer.get("depends_on"));
    List<String> listens = found("^  bind :(\\d+)$", text("haproxy.cfg"));
    assertEquals(List.of(listens.getFirst() + ":" + listens.getFirst()), balancer.get("ports"));
    assertEquals(1 + SERVERS.size() + NODES.size(), services.size());
  }

  @Test
  void everyFileThatComposeNamesIsThere() throws Exception {
    for (String name : found("\"\\./([^:]+):", text("compose.yaml"))) {
      assertTrue(Files.exists(FOLDER.resolve(name)), name);
    }
    Map<?, ?> build = map(map(compose().get("x-node")).get("build"));
    Path context = FOLDER.resolve(String.valueOf(build.get("context")));
    assertTrue(Files.exists(context.resolve(String.valueOf(build.get("dockerfile")))));
    assertTrue(Files.exists(context.resolve("holdfast")));
  }

  @Test
  void theServersAreOfTheVersionThatIsRecommended() throws Exception {
    String source =
        Files.readString(
            Path.of("..", "journal-nats/src/main/java/io/holdfast/journalnats/Streams.java"));
    Matcher recommended = Pattern.compile("RECOMMENDED = \"(.*)\"").matcher(source);
    assertTrue(recommended.find());
    assertEquals("nats:" + recommended.group(1), map(compose().get("x-nats")).get("image"));
  }
}

package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.server.Settings.Invocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private @TempDir Path directory = Path.of("");

  private static Settings serve(String... args) {
    return switch (Settings.parse(args)) {
      case Invocation.Serve(Settings settings) -> settings;
      case Invocation.Stop(int code, String text) -> throw new AssertionError(code + text);
    };
  }

  private static String refused(String... args) {
    return switch (Settings.parse(args)) {
      case Invocation.Serve(Settings settings) -> throw new AssertionError(settings);
      case Invocation.Stop(int code, String text) -> {
        assertEquals(2, code);
        yield text;
      }
    };
  }

  private String file(String yaml) throws IOException {
    return Files.writeString(directory.resolve("holdfast.yaml"), yaml).toString();
  }

  @Test
  void defaultsNeedNothing() {
    Settings settings = serve();
    assertEquals("127.0.0.1", settings.host());
    assertEquals(8080, settings.port());
    assertEquals(Path.of("data"), settings.data());
    assertEquals(new Settings.Engine.RocksDb(), settings.engine());
    assertFalse(settings.sandbox());
    assertFalse(settings.hasKey());
    assertEquals(Limits.DEFAULT, settings.limits());
  }

  @Test
  void aJournalOnServersHasThreeReplicasUnlessOthersAreAskedFor() throws IOException {
    Settings settings = serve("--journal", "nats://a:4222,tls://b:4222");
    assertEquals(
        new Settings.Engine.Nats(List.of("nats://a:4222", "tls://b:4222"), 3), settings.engine());
    assertNull(settings.data());
    settings = serve("--journal", "nats://a", "--replicas", "1");
    assertEquals(new Settings.Engine.Nats(List.of("nats://a"), 1), settings.engine());
    settings = serve("--config", file("journal: nats://a\nreplicas: 5\n"));
    assertEquals(new Settings.Engine.Nats(List.of("nats://a"), 5), settings.engine());
    assertTrue(refused("--journal", "nats://a", "--replicas", "2").contains("1, 3 or 5"));
    assertTrue(refused("--replicas", "3").contains("nats://HOST:PORT"));
    assertFalse(refused("--journal", "nats://u:secret@a,b").contains("secret"));
  }

  @Test
  void flagsAreTaken() {
    Settings settings =
        serve(
            "--host",
            "0.0.0.0",
            "--port",
            "0",
            "--data",
            "/tmp/x",
            "--key",
            "app.key:secret",
            "--key",
            "app.other:s",
            "--journal",
            "memory",
            "--sandbox");
    assertEquals("0.0.0.0", settings.host());
    assertEquals(0, settings.port());
    assertEquals(Path.of("/tmp/x"), settings.data());
    assertEquals(new Settings.Engine.Memory(), settings.engine());
    assertTrue(settings.sandbox());
    App app = settings.apps().getFirst();
    assertEquals("app", app.id());
    assertEquals(2, app.keys().size());
  }

  @Test
  void aJournalInMemoryNeedsNoDirectory() {
    assertNull(serve("--journal", "memory").data());
  }

  @Test
  void helpIsNoMistake() {
    assertTrue(
        Settings.parse("--help") instanceof Invocation.Stop(int code, String text)
            && code == 0
            && text.contains("--journal"));
  }

  @Test
  void wrongFlagsAreSaidPlainly() {
    assertTrue(refused("--nonsense").contains("--nonsense"));
    assertTrue(refused("--port", "x").contains("--port"));
    assertTrue(refused("--port", "70000").contains("65535"));
    assertTrue(refused("--journal", "papyrus").contains("rocksdb, memory or nats:"));
    assertTrue(refused("--config", "/nowhere.yaml").contains("cannot be read"));
    String key = refused("--key", "hunter2");
    assertTrue(key.contains("APP.KEY:SECRET"));
    assertFalse(key.contains("hunter2"), "a secret may be in it");
  }

  @Test
  void anIdleIntervalThatProxiesCutIsRefused() throws IOException {
    String faults = refused("--config", file("limits:\n  maxIdleInterval: 1m\n"));
    assertTrue(faults.contains("limits.maxIdleInterval: must be at most 50s"), faults);
    serve("--config", file("limits:\n  maxIdleInterval: 50s\n"));
  }

  @Test
  void theFileSaysItAll() throws IOException {
    Settings settings =
        serve(
            "--config",
            file(
                """
                host: 0.0.0.0
                port: 9000
                data: /var/lib/holdfast
                apps:
                  - id: shop
                    keys:
                      - id: agent
                        secret: abc
                        capability: {"chat:*": [publish, subscribe]}
                      - id: reader
                        secret: def
                        capability: '{"*":["subscribe"]}'
                        revocableTokens: true
                    namespaces:
                      - id: news
                        retention: 0
                  - id: empty
                namespaces:
                  - id: news
                    mutableMessages: false
                  - id: log
                    persisted: false
                    retention: 90d
                limits:
                  maxMessageSize: 256KiB
                  resumeHorizon: 1h
                """));
    assertEquals(9000, settings.port());
    assertEquals(256 << 10, settings.limits().maxMessageSize());
    assertEquals(Duration.ofHours(1), settings.limits().resumeHorizon());
    assertEquals(Limits.DEFAULT.maxFrameSize(), settings.limits().maxFrameSize());
    App shop = settings.whole().getFirst();
    ApiKey agent = shop.keys().get("agent");
    assertTrue(agent != null && agent.capability().permits(Operation.PUBLISH, "chat:1"));
    assertFalse(agent != null && agent.capability().permits(Operation.HISTORY, "chat:1"));
    ApiKey reader = shop.keys().get("reader");
    assertTrue(reader != null && reader.revocableTokens());
    assertTrue(shop.rules("news:1").mutableMessages(), "its own namespace stays");
    assertEquals(Duration.ZERO, shop.rules("news:1").retention());
    assertFalse(shop.rules("log:1").persisted());
    assertFalse(settings.whole().getLast().rules("news").mutableMessages());
  }

  @Test
  void flagsWinOverTheFile() throws IOException {
    String file = file("port: 9000\njournal: memory\n");
    Settings settings = serve("--config", file, "--port", "9001", "--journal", "rocksdb");
    assertEquals(9001, settings.port());
    assertEquals(new Settings.Engine.RocksDb(), settings.engine());
  }

  @Test
  void everyMistakeIsNamedWithItsPlace() throws IOException {
    String text =
        refused(
            "--config",
            file(
                """
                port: high
                colour: red
                apps:
                  - keys:
                      - id: a b
                        secret: x
                      - id: ok
                        secret: x
                        capability: {"*": [fly]}
                      - id: ok
                        secret: x
                namespaces:
                  - id: good
                  - id: bad
                    retention: soon
                    mutableMessages: maybe
                limits:
                  maxMessageSize: 1GiB
                  maxFrameSize: 10
                """));
    for (String sentence :
        List.of(
            "port: must be a whole number from 0 to 65535",
            "colour: there is no such setting",
            "apps[0].id: is missing",
            "apps[0].keys[0].id: must be letters",
            "apps[0].keys[1].capability: the capability's resource * has an unknown operation",
            "apps[0].keys[2].id: is there twice",
            "namespaces[1].retention: must be a time such as",
            "namespaces[1].mutableMessages: must be true or false",
            "limits.maxMessageSize: must be at most",
            "limits.maxFrameSize: must not be smaller than maxMessageSize")) {
      assertTrue(text.contains("\n  " + sentence), sentence + " in " + text);
    }
  }

  @Test
  void whatIsNoYamlIsSaidWithItsLine() throws IOException {
    assertTrue(refused("--config", file("apps: [")).contains("not valid YAML"));
    assertTrue(refused("--config", file("a: 1\na: 2")).contains("duplicate key"));
    assertTrue(refused("--config", file("just text")).contains("must be a mapping"));
    assertTrue(refused("--config", file("apps: {}")).contains("apps: must be a list"));
    assertTrue(refused("--config", file("limits: 7")).contains("limits: must be a mapping"));
  }

  @Test
  void anEmptyFileChangesNothing() throws IOException {
    assertEquals(serve(), serve("--config", file("")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "apps:\n  - id: a\n    keys:\n      - id: k\n        secret: hunter2: x\n",
        "apps:\n  - id: a\n    keys:\n      - id: k\n        secret: *hunter2\n",
        "apps:\n  - id: a\n    keys:\n      - id: k\n        secret: !hunter2 x\n",
        "apps:\n  - id: a\n    keys:\n      - id: k\n        secret: !hunter2!x y\n",
        "apps:\n  - id: a\n    keys:\n      - id: k\n        secret: \"hunter2\\q\"\n",
        "apps:\n  - id: a\n    keys:\n      - {id: k, secret: hunter2\n",
        "hunter2: 1\nhunter2: 2\n",
      })
  void whatIsNoYamlIsSaidWithItsPlaceAndNoneOfItsText(String yaml) throws IOException {
    String text = refused("--config", file(yaml));
    assertTrue(text.contains("not valid YAML"), text);
    assertFalse(text.contains("hunter2"), text);
    assertTrue(text.matches("(?s).*line [1-6], column \\d+: \\S.*"), text);
  }

  @Test
  void aValueThatIsNotWhatItsTagSaysIsNotSaidBack() throws IOException {
    String text = refused("--config", file("secret: !!int hunter2\n"));
    assertTrue(text.contains("not valid YAML") && !text.contains("hunter2"), text);
  }

  @Test
  void theSameKeyTwiceIsRefusedAndItsSecretsAreNotSaid() {
    String text = refused("--key", "demo.k:hunter2", "--key", "demo.k:hunter3");
    assertTrue(text.contains("demo.k"), text);
    assertFalse(text.contains("hunter"), text);
    assertEquals(2, serve("--key", "a.k:x", "--key", "b.k:x").apps().size());
  }
}

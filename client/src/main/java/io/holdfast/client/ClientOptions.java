package io.holdfast.client;

import io.holdfast.protocol.Format;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Everything a client is told when it is made. Immutable; made by a {@link #builder()}, which
 * refuses what cannot be. Durations and bounds that are not said have the values named here.
 */
public final class ClientOptions {
  private final Builder from;

  private ClientOptions(Builder from) {
    this.from = from;
  }

  /** An empty builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that begins with these options. */
  public Builder toBuilder() {
    return new Builder(from);
  }

  /** The server's host; {@code localhost}. */
  public String host() {
    return from.host;
  }

  /** The server's port; 443 with TLS, else 80. */
  public int port() {
    return from.port > 0 ? from.port : from.tls ? 443 : 80;
  }

  /** Whether it is spoken to with TLS; it is. */
  public boolean tls() {
    return from.tls;
  }

  /** Hosts that are tried in turn when the first does not answer; none. */
  public List<String> fallbackHosts() {
    return from.fallbackHosts;
  }

  /**
   * What answers with 2xx where there is a network, or null; none. When it does not answer, the
   * network is to blame and not the first host, so that the fallback hosts are not tried.
   */
  public @Nullable URI connectivityCheck() {
    return from.connectivityCheck;
  }

  /** A key, {@code app.id:secret}, or null. */
  public @Nullable String key() {
    return from.key;
  }

  /** A token to begin with, or null. */
  public @Nullable Token token() {
    return from.token;
  }

  /** Where tokens come from, or null. */
  public @Nullable TokenSource tokens() {
    return from.tokens;
  }

  /** Whether a client that has a key asks for a token with it rather than show the key; no. */
  public boolean useTokens() {
    return from.useTokens || from.tokens != null || from.token != null;
  }

  /** Whose client this is, or null. */
  public @Nullable String clientId() {
    return from.clientId;
  }

  /** How frames and bodies are written; MessagePack. */
  public Format format() {
    return from.format;
  }

  /** What may carry the connection, the first first; a WebSocket, and comet where that fails. */
  public List<TransportKind> transports() {
    return from.transports;
  }

  /** Whether what this client publishes comes back to it; yes. */
  public boolean echo() {
    return from.echo;
  }

  /** More parameters of the connection, such as {@code appendRollupWindow}; none. */
  public Map<String, String> transportParams() {
    return from.transportParams;
  }

  /** Where another client went on, or null; see {@link Connection#recoveryKey}. */
  public @Nullable String recover() {
    return from.recover;
  }

  /** Whether a realtime client connects when it is made; yes. */
  public boolean autoConnect() {
    return from.autoConnect;
  }

  /** How long a request, an attach or an attempt to connect to one host may take; 10 s. */
  public Duration requestTimeout() {
    return from.requestTimeout;
  }

  /** How long a WebSocket may take to open before comet is tried beside it; 4 s. */
  public Duration webSocketPatience() {
    return from.webSocketPatience;
  }

  /** How long to wait before the second attempt to connect; it doubles with each; 500 ms. */
  public Duration retryFirst() {
    return from.retryFirst;
  }

  /** How long to wait at most between attempts to connect, and to attach; 15 s. */
  public Duration retryLongest() {
    return from.retryLongest;
  }

  /** How long to wait between attempts once the connection is suspended; 30 s. */
  public Duration suspendedRetry() {
    return from.suspendedRetry;
  }

  /** How many frames may wait to be sent or acknowledged; 16384. More are refused, code 90006. */
  public int queueFrames() {
    return from.queueFrames;
  }

  /** How many bytes of data may wait to be sent or acknowledged; 32 MiB. As the frames. */
  public long queueBytes() {
    return from.queueBytes;
  }

  /** Whether publishes wait while the connection is made; yes. Otherwise they fail at once. */
  public boolean queueWhileConnecting() {
    return from.queueWhileConnecting;
  }

  /** How many items may wait for one subscription; 16384. */
  public int subscriptionBuffer() {
    return from.subscriptionBuffer;
  }

  /** What the client calls itself to the server, beside its own name; nothing. */
  public Map<String, String> agents() {
    return from.agents;
  }

  /** What runs listeners, or null for a virtual thread for each subscription that has work. */
  public @Nullable Executor executor() {
    return from.executor;
  }

  /** What runs tasks later, or null for a thread of the client's own. */
  public @Nullable Scheduler scheduler() {
    return from.scheduler;
  }

  /** What time it is; the system's. */
  public InstantSource clock() {
    return from.clock;
  }

  /** Where jitter and ids come from; a secure one. Keys, vectors and nonces do not. */
  public @Nullable RandomGenerator random() {
    return from.random;
  }

  @Override
  public String toString() {
    return "ClientOptions["
        + (tls() ? "tls " : "")
        + host()
        + ":"
        + port()
        + (from.key == null ? "" : ", key " + from.key.replaceFirst(":.*", ":..."))
        + "]";
  }

  /** Gathers options. Not safe for several threads. */
  public static final class Builder {
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final String NO_HOST =
        "a host is a name of letters, digits, dots and hyphens or an address, without a port: ";

    private String host = "localhost";
    private int port;
    private boolean tls = true;
    private List<String> fallbackHosts = List.of();
    private @Nullable URI connectivityCheck;
    private @Nullable String key;
    private @Nullable Token token;
    private @Nullable TokenSource tokens;
    private boolean useTokens;
    private @Nullable String clientId;
    private Format format = Format.MSGPACK;
    private List<TransportKind> transports = List.of(TransportKind.WEB_SOCKET, TransportKind.COMET);
    private boolean echo = true;
    private Map<String, String> transportParams = Map.of();
    private @Nullable String recover;
    private boolean autoConnect = true;
    private Duration requestTimeout = Duration.ofSeconds(10);
    private Duration webSocketPatience = Duration.ofSeconds(4);
    private Duration retryFirst = Duration.ofMillis(500);
    private Duration retryLongest = Duration.ofSeconds(15);
    private Duration suspendedRetry = Duration.ofSeconds(30);
    private int queueFrames = 16_384;
    private long queueBytes = 32L << 20;
    private boolean queueWhileConnecting = true;
    private int subscriptionBuffer = 16_384;
    private Map<String, String> agents = Map.of();
    private @Nullable Executor executor;
    private @Nullable Scheduler scheduler;
    private InstantSource clock = InstantSource.system();
    private @Nullable RandomGenerator random;

    private Builder() {}

    private Builder(Builder from) {
      host = from.host;
      port = from.port;
      tls = from.tls;
      fallbackHosts = from.fallbackHosts;
      connectivityCheck = from.connectivityCheck;
      key = from.key;
      token = from.token;
      tokens = from.tokens;
      useTokens = from.useTokens;
      clientId = from.clientId;
      format = from.format;
      transports = from.transports;
      echo = from.echo;
      transportParams = from.transportParams;
      recover = from.recover;
      autoConnect = from.autoConnect;
      requestTimeout = from.requestTimeout;
      webSocketPatience = from.webSocketPatience;
      retryFirst = from.retryFirst;
      retryLongest = from.retryLongest;
      suspendedRetry = from.suspendedRetry;
      queueFrames = from.queueFrames;
      queueBytes = from.queueBytes;
      queueWhileConnecting = from.queueWhileConnecting;
      subscriptionBuffer = from.subscriptionBuffer;
      agents = from.agents;
      executor = from.executor;
      scheduler = from.scheduler;
      clock = from.clock;
      random = from.random;
    }

    /** The server's host: a name or an address. */
    public Builder host(String value) {
      host = value;
      return this;
    }

    /** The server's port; 0 for the usual one. */
    public Builder port(int value) {
      port = value;
      return this;
    }

    /** Whether to speak TLS. */
    public Builder tls(boolean value) {
      tls = value;
      return this;
    }

    /** Hosts to try when the first does not answer. */
    public Builder fallbackHosts(List<String> values) {
      fallbackHosts = List.copyOf(values);
      return this;
    }

    /**
     * What to ask, without credentials, before the first fallback host is tried; null to try them
     * without asking. Nothing that is not named here is asked.
     */
    public Builder connectivityCheck(@Nullable URI value) {
      connectivityCheck = value;
      return this;
    }

    /** A key, {@code app.id:secret}. */
    public Builder key(@Nullable String value) {
      key = value;
      return this;
    }

    /** A token or JWT to begin with. Without a source or a key it cannot be renewed. */
    public Builder token(String value) {
      token = new Token.Opaque(value);
      return this;
    }

    /** A token to begin with, or a signed request for one. */
    public Builder token(Token value) {
      token = value;
      return this;
    }

    /** Where tokens come from. */
    public Builder tokens(TokenSource value) {
      tokens = value;
      return this;
    }

    /** Whether a client that has a key asks for a token with it rather than show the key. */
    public Builder useTokens(boolean value) {
      useTokens = value;
      return this;
    }

    /** Whose client this is. */
    public Builder clientId(@Nullable String value) {
      clientId = value;
      return this;
    }

    /** How frames and bodies are written. */
    public Builder format(Format value) {
      format = value;
      return this;
    }

    /** What may carry the connection, the first first. */
    public Builder transports(TransportKind... values) {
      transports = List.of(values);
      return this;
    }

    /** Whether what this client publishes comes back to it. */
    public Builder echo(boolean value) {
      echo = value;
      return this;
    }

    /** One more parameter of the connection. */
    public Builder transportParam(String name, String value) {
      transportParams = with(transportParams, name, value);
      return this;
    }

    /** Goes on where another client was, see {@link Connection#recoveryKey}. */
    public Builder recover(@Nullable String value) {
      recover = value;
      return this;
    }

    /** Whether a realtime client connects when it is made. */
    public Builder autoConnect(boolean value) {
      autoConnect = value;
      return this;
    }

    /** How long a request, an attach or an attempt to connect to one host may take. */
    public Builder requestTimeout(Duration value) {
      requestTimeout = value;
      return this;
    }

    /** How long a WebSocket may take to open before comet is tried. */
    public Builder webSocketPatience(Duration value) {
      webSocketPatience = value;
      return this;
    }

    /** How long to wait before the second attempt to connect, and at most between any two. */
    public Builder retry(Duration first, Duration longest) {
      retryFirst = first;
      retryLongest = longest;
      return this;
    }

    /** How long to wait between attempts once the connection is suspended. */
    public Builder suspendedRetry(Duration value) {
      suspendedRetry = value;
      return this;
    }

    /** How much may wait to be sent or acknowledged. */
    public Builder queue(int frames, long bytes) {
      queueFrames = frames;
      queueBytes = bytes;
      return this;
    }

    /** Whether publishes wait while the connection is made. */
    public Builder queueWhileConnecting(boolean value) {
      queueWhileConnecting = value;
      return this;
    }

    /** How many items may wait for one subscription. */
    public Builder subscriptionBuffer(int items) {
      subscriptionBuffer = items;
      return this;
    }

    /** One more name and version that the client calls itself by. */
    public Builder agent(String name, String version) {
      agents = with(agents, name, version);
      return this;
    }

    /** What runs listeners. It must neither drop tasks nor run them where they are handed in. */
    public Builder executor(Executor value) {
      executor = value;
      return this;
    }

    /** What runs tasks later. */
    public Builder scheduler(Scheduler value) {
      scheduler = value;
      return this;
    }

    /** What time it is. */
    public Builder clock(InstantSource value) {
      clock = value;
      return this;
    }

    /** Where jitter and ids come from. */
    public Builder random(RandomGenerator value) {
      random = value;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException when they contradict each other or are out of range
     */
    public ClientOptions build() {
      refuse(!Addresses.names(host), NO_HOST + host);
      fallbackHosts.forEach(name -> refuse(!Addresses.names(name), NO_HOST + name));
      refuse(port < 0 || port > 65_535, "a port is a number from 1 to 65535");
      refuse(
          connectivityCheck != null
              && !List.of("http", "https").contains(connectivityCheck.getScheme()),
          "the network is checked over http or https");
      refuse(key == null && token == null && tokens == null, "give a key, a token or a source");
      refuse(key != null && !key.matches("[^.:\\s]+\\.[^.:\\s]+:\\S+"), "a key is app.id:secret");
      refuse("".equals(clientId), "a client id is not empty");
      refuse("*".equals(clientId), "a client id of * is for tokens");
      refuse(transports.isEmpty(), "at least one transport");
      for (Duration time :
          List.of(requestTimeout, webSocketPatience, retryFirst, retryLongest, suspendedRetry)) {
        refuse(time.compareTo(Duration.ZERO) <= 0, "timeouts and waits take some time");
        refuse(time.compareTo(LONGEST) > 0, "timeouts and waits are no longer than a year");
      }
      refuse(retryFirst.compareTo(retryLongest) > 0, "the first wait is the shortest");
      refuse(queueFrames < 1 || queueBytes < 1 || subscriptionBuffer < 1, "bounds are positive");
      return new ClientOptions(new Builder(this));
    }

    private static void refuse(boolean wrong, String why) {
      if (wrong) {
        throw new IllegalArgumentException(why);
      }
    }

    private static Map<String, String> with(Map<String, String> map, String name, String value) {
      Map<String, String> more = new LinkedHashMap<>(map);
      more.put(name, value);
      return Map.copyOf(more);
    }
  }
}

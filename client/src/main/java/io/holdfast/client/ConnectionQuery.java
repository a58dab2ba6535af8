package io.holdfast.client;

import io.holdfast.protocol.ConnectionDetails;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a connection asks for in the address that it is made with (RTN2). */
final class ConnectionQuery {
  private ConnectionQuery() {}

  /**
   * The parameters.
   *
   * @param before of the connection to go on with, or null
   * @param recovery of another client's connection to go on with, or null
   */
  static Map<String, String> of(
      ClientOptions options,
      Proof shown,
      @Nullable ConnectionDetails before,
      @Nullable RecoveryKey recovery) {
    Map<String, String> params = new LinkedHashMap<>();
    params.put("v", "6");
    params.put("format", options.format().name().toLowerCase(Locale.ROOT));
    params.put("heartbeats", "true");
    params.put("agent", Http.agent(options));
    params.putAll(shown.params());
    String clientId = options.clientId();
    if (clientId != null) {
      params.put("clientId", clientId);
    }
    if (!options.echo()) {
      params.put("echo", "false");
    }
    if (before != null) {
      params.put("resume", before.connectionKey());
    } else if (recovery != null) {
      params.put("recover", recovery.connectionKey());
    }
    params.putAll(options.transportParams());
    return params;
  }
}

package io.holdfast.client;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Makes addresses of a server. */
final class Addresses {
  private final boolean tls;
  private final int port;

  Addresses(boolean tls, int port) {
    this.tls = tls;
    this.port = port;
  }

  /** Whether it can stand for a host in an address: no URL, no port, no underscore (RFC 1123). */
  static boolean names(String host) {
    try {
      URI uri = new Addresses(false, 80).http(host, "/", Map.of());
      return uri.getHost() != null && uri.getUserInfo() == null && "/".equals(uri.getRawPath());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  URI webSocket(String host, Map<String, String> query) {
    return uri(tls ? "wss" : "ws", host, "/", query);
  }

  URI http(String host, String path, Map<String, String> query) {
    return uri(tls ? "https" : "http", host, path, query);
  }

  private URI uri(String scheme, String host, String path, Map<String, String> query) {
    String name = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    StringBuilder text = new StringBuilder(scheme).append("://").append(name);
    text.append(':').append(port).append(path);
    char mark = path.indexOf('?') >= 0 ? '&' : '?';
    for (Map.Entry<String, String> param : query.entrySet()) {
      text.append(mark).append(encoded(param.getKey())).append('=');
      text.append(encoded(param.getValue()));
      mark = '&';
    }
    return URI.create(text.toString());
  }

  /** As one segment of a path, or one part of a query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}

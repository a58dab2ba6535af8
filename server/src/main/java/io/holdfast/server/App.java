package io.holdfast.server;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An app: a world of channels of its own, with its keys and the rules of its namespaces.
 *
 * @param terms for what its namespaces do not say
 * @param keys by their id
 * @param namespaces by their name
 */
record App(String id, Terms terms, Map<String, ApiKey> keys, Map<String, Rules> namespaces) {
  /** The kind of an app's own record in the registry; it stands under the app {@link #NOBODY}. */
  static final String KIND = "app";

  /** The app of records that belong to none. */
  static final String NOBODY = "";

  App {
    keys = Map.copyOf(keys);
    namespaces = Map.copyOf(namespaces);
  }

  static App empty(String id) {
    return new App(id, Terms.STANDARD, Map.of(), Map.of());
  }

  /** The rules of a channel, given by its plain name without a qualifier. */
  Rules rules(String channel) {
    int colon = channel.indexOf(':');
    String namespace = colon < 0 ? channel : channel.substring(0, colon);
    return namespaces.getOrDefault(namespace, terms.otherwise());
  }

  App withTerms(Terms changed) {
    return new App(id, changed, keys, namespaces);
  }

  App withKey(String keyId, @Nullable ApiKey key) {
    return new App(id, terms, with(keys, keyId, key), namespaces);
  }

  App withNamespace(String name, @Nullable Rules rules) {
    return new App(id, terms, keys, with(namespaces, name, rules));
  }

  private static <T> Map<String, T> with(Map<String, T> map, String key, @Nullable T value) {
    Map<String, T> copy = new HashMap<>(map);
    if (value == null) {
      copy.remove(key);
    } else {
      copy.put(key, value);
    }
    return copy;
  }
}

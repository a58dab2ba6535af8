package io.holdfast.simulator;

import io.holdfast.fold.Cursor;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Format;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the annotations of a message add up to, counted anew from all of them each time. */
final class TrueTally {
  private final List<Annotation> annotations = new ArrayList<>();
  private final Set<String> summaries = new HashSet<>();
  private @Nullable String latest;
  private @Nullable Cursor at;

  void add(List<Annotation> more, Cursor where) {
    for (Annotation annotation : more) {
      annotations.add(annotation);
    }
    at = where;
    latest = counted();
    summaries.add(latest);
  }

  /** The summary as it is now; null if there never was an annotation. */
  @Nullable String latest() {
    return latest;
  }

  /** Whether it ever was so. */
  boolean everWas(String summary) {
    return summaries.contains(summary);
  }

  /** The newest annotation's place. */
  @Nullable Cursor at() {
    return at;
  }

  private String counted() {
    Map<String, Object> summary = new TreeMap<>();
    for (Annotation annotation : annotations) {
      String type = String.valueOf(annotation.type());
      summary.computeIfAbsent(
          type, t -> type.contains("total") ? Map.of("total", total()) : names(type));
    }
    return new String(BodyCodec.encodeTree(summary, Format.JSON), StandardCharsets.UTF_8);
  }

  private long total() {
    long total = 0;
    for (Annotation annotation : annotations) {
      if (String.valueOf(annotation.type()).contains("total")) {
        total = Math.max(0, total + (annotation.action() == AnnotationAction.CREATE ? 1 : -1));
      }
    }
    return total;
  }

  private Map<String, Object> names(String type) {
    boolean unique = type.contains("unique");
    TreeMap<String, TreeMap<String, Long>> counts = new TreeMap<>();
    for (Annotation annotation : annotations) {
      if (!type.equals(annotation.type())) {
        continue;
      }
      String client = String.valueOf(annotation.clientId());
      String name = String.valueOf(annotation.name());
      if (annotation.action() == AnnotationAction.DELETE) {
        counts.getOrDefault(name, new TreeMap<>()).remove(client);
        continue;
      }
      if (unique) {
        counts.values().forEach(clients -> clients.remove(client));
      }
      long more = unique ? 1 : Math.max(1, annotation.count());
      counts.computeIfAbsent(name, n -> new TreeMap<>()).merge(client, more, Long::sum);
    }
    Map<String, Object> names = new LinkedHashMap<>();
    counts.forEach(
        (name, clients) -> {
          if (!clients.isEmpty()) {
            names.put(name, unique ? ids(clients) : each(clients));
          }
        });
    return names;
  }

  private static Map<String, Object> ids(Map<String, Long> clients) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("total", clients.size());
    entry.put("clientIds", List.copyOf(clients.keySet()));
    entry.put("clipped", false);
    return entry;
  }

  private static Map<String, Object> each(Map<String, Long> clients) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("total", clients.values().stream().mapToLong(Long::longValue).sum());
    entry.put("clientIds", clients);
    entry.put("totalUnidentified", 0);
    entry.put("totalClientIds", clients.size());
    entry.put("clipped", false);
    return entry;
  }
}

package io.holdfast.server;

import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The answer to what was asked of many: since version 3 of the protocol with counts around the
 * results, before that the results alone, and an error around them when one failed.
 */
final class BatchResults {
  private static final int COUNTED_SINCE = 3;

  private BatchResults() {}

  static Map<String, Object> of(String field, String name) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put(field, name);
    return result;
  }

  static Map<String, Object> failed(String field, String name, ErrorInfo error) {
    Map<String, Object> result = of(field, name);
    result.put("error", error);
    return result;
  }

  static List<String> separated(String names, @Nullable String separator) {
    String between = separator == null || separator.isEmpty() ? "," : separator;
    return List.of(names.split(Pattern.quote(between), -1));
  }

  /** The answer to publishes, by spec. */
  static Response publishes(
      Request request, List<List<Map<String, Object>>> specs, boolean several) {
    if (request.version() >= COUNTED_SINCE) {
      List<Map<String, Object>> counted = specs.stream().map(BatchResults::counted).toList();
      return Response.created(several ? counted : counted.getFirst());
    }
    List<Map<String, Object>> flat = new ArrayList<>();
    specs.forEach(flat::addAll);
    return plain(201, flat);
  }

  /** The answer to one question of many. */
  static Response one(Request request, int status, List<Map<String, Object>> results) {
    return request.version() >= COUNTED_SINCE
        ? new Response.Tree(status, counted(results), List.of())
        : plain(status, results);
  }

  private static Response plain(int status, List<Map<String, Object>> results) {
    return failures(results) == 0
        ? new Response.Tree(status, results, List.of())
        : new Response.Mixed(ErrorCode.BATCH_FAILED.info(), results);
  }

  private static Map<String, Object> counted(List<Map<String, Object>> results) {
    int failures = failures(results);
    Map<String, Object> counted = new LinkedHashMap<>();
    counted.put("successCount", results.size() - failures);
    counted.put("failureCount", failures);
    counted.put("results", results);
    return counted;
  }

  private static int failures(List<Map<String, Object>> results) {
    return (int) results.stream().filter(result -> result.containsKey("error")).count();
  }
}

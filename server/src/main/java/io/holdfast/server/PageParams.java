package io.holdfast.server;

import io.holdfast.channels.HistoryQuery;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.Serial;
import io.holdfast.journal.Direction;
import io.holdfast.protocol.ErrorCode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The parameters of what is read in pages, and the links from one page to the next. */
final class PageParams {
  private static final int LIMIT = 100;
  private static final int MAX_LIMIT = 1_000;
  private static final String CURSOR = "cursor";

  /** As long as the longest channel name, which may be one. */
  private static final int MAX_CURSOR = 2_048;

  private static final Pattern OFFSET = Pattern.compile("\\d{1,9}");

  /** Who follows a link brings credentials along anew; some of these must not be in a link. */
  private static final Set<String> NOT_LINKED =
      Set.of("key", "access_token", "accessToken", "envelope", "rnd", CURSOR);

  private PageParams() {}

  /** Reads those of a history; refuses what is out of range. */
  static HistoryQuery history(Target target) {
    long start = time(target, "start", 0);
    long end = time(target, "end", Long.MAX_VALUE);
    if (end < start) {
      throw refused("end must not be before start");
    }
    String upTo = target.param("from_serial");
    if (upTo == null) {
      upTo = target.param("fromSerial");
    }
    if (upTo != null && Cursor.parse(upTo) == null && Serial.parse(upTo) == null) {
      throw refused("from_serial must be a serial that this server has given");
    }
    String after = cursor(target);
    return new HistoryQuery(start, end, limit(target), direction(target), upTo, after);
  }

  static int limit(Target target) {
    long limit = number(target, "limit", LIMIT);
    if (limit < 1 || limit > MAX_LIMIT) {
      throw refused("limit must be from 1 to " + MAX_LIMIT);
    }
    return (int) limit;
  }

  /** The key that the page comes after; null for the first page. */
  static @Nullable String cursor(Target target) {
    String cursor = target.param(CURSOR);
    if (cursor != null && (cursor.isEmpty() || cursor.length() > MAX_CURSOR)) {
      throw lost();
    }
    return cursor;
  }

  /**
   * The same, for keys of one form.
   *
   * @param ours whether a key can be from a link of this list
   */
  static @Nullable String cursor(Target target, Predicate<String> ours) {
    String cursor = cursor(target);
    if (cursor != null && !ours.test(cursor)) {
      throw lost();
    }
    return cursor;
  }

  private static Refusal lost() {
    return new Refusal(
        ErrorCode.PAGE_GONE.info("cursor must be one that this list has given in a link"));
  }

  /** Where the page begins, for what is paged by place; 0 for the first page. */
  static int offset(Target target) {
    String cursor = cursor(target, text -> OFFSET.matcher(text).matches());
    return cursor == null ? 0 : Integer.parseInt(cursor);
  }

  private static Direction direction(Target target) {
    return switch (target.param("direction")) {
      case null -> Direction.BACKWARDS;
      case "backwards" -> Direction.BACKWARDS;
      case "forwards" -> Direction.FORWARDS;
      default -> throw refused("direction must be forwards or backwards");
    };
  }

  private static long time(Target target, String name, long absent) {
    long time = number(target, name, absent);
    if (time < 0) {
      throw refused(name + " must be milliseconds since 1970");
    }
    return time;
  }

  private static long number(Target target, String name, long absent) {
    String text = target.param(name);
    try {
      return text == null ? absent : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw refused(name + " must be a whole number");
    }
  }

  private static Refusal refused(String detail) {
    return new Refusal(ErrorCode.BAD_PARAMETER.info(detail));
  }

  /** The values of the Link header: relative to the last segment of the path that was asked. */
  static List<String> links(Target target, @Nullable String next) {
    String place = target.segments().getLast();
    Map<String, String> params = new LinkedHashMap<>(target.params());
    params.keySet().removeAll(NOT_LINKED);
    List<String> links = new ArrayList<>();
    links.add(link(place, params, null, "first"));
    links.add(link(place, params, target.param(CURSOR), "current"));
    if (next != null) {
      links.add(link(place, params, next, "next"));
    }
    return links;
  }

  private static String link(
      String place, Map<String, String> params, @Nullable String cursor, String rel) {
    StringBuilder query = new StringBuilder();
    params.forEach((name, value) -> add(query, name, value));
    if (cursor != null) {
      add(query, CURSOR, cursor);
    }
    return "<./" + place + "?" + query + ">; rel=\"" + rel + "\"";
  }

  private static void add(StringBuilder query, String name, String value) {
    query.append(query.isEmpty() ? "" : "&").append(escaped(name)).append('=');
    query.append(escaped(value));
  }

  // A space must not become a plus: not everybody who reads links takes it back.
  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}

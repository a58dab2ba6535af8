package io.holdfast.fold;

import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Format;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes tallies as clients know them (TM8). What lists of clients may take is shared out evenly
 * among those still to come; a list that does not fit is cut and says so.
 */
final class Summary {
  private int room;
  private int lists;

  Summary(int room) {
    this.room = room;
  }

  String of(Tallies tallies) {
    tallies.types().forEach((type, tally) -> lists += tally.names().size());
    Map<String, Object> summary = new LinkedHashMap<>();
    tallies.types().forEach((type, tally) -> summary.put(type, entry(tally, null)));
    return text(summary);
  }

  /** What is left of the tallies with one client alone. */
  String of(Tallies tallies, String client) {
    Map<String, Object> summary = new LinkedHashMap<>();
    tallies
        .types()
        .forEach(
            (type, tally) -> {
              if (tally.method() != SummaryMethod.TOTAL) {
                summary.put(type, entry(tally, client));
              }
            });
    return text(summary);
  }

  private static String text(Map<String, Object> summary) {
    return new String(BodyCodec.encodeTree(summary, Format.JSON), StandardCharsets.UTF_8);
  }

  private Object entry(Tally tally, @Nullable String client) {
    return switch (tally.method()) {
      case TOTAL -> Map.of("total", tally.total());
      case FLAG -> {
        Votes votes = tally.names().get("");
        yield ids(of(votes == null ? Votes.NONE : votes, client));
      }
      case DISTINCT, UNIQUE, MULTIPLE -> {
        boolean counted = tally.method() == SummaryMethod.MULTIPLE;
        Map<String, Object> names = new LinkedHashMap<>();
        tally
            .names()
            .forEach(
                (name, votes) -> {
                  Votes those = of(votes, client);
                  if (!those.isEmpty()) {
                    names.put(name, counted ? counts(those) : ids(those));
                  }
                });
        yield names;
      }
    };
  }

  /** The votes of one client alone, or of all for null. */
  private static Votes of(Votes votes, @Nullable String client) {
    if (client == null) {
      return votes;
    }
    Long count = votes.clients().get(client);
    return count == null ? Votes.NONE : Votes.NONE.plus(client, count);
  }

  private Map<String, Object> ids(Votes votes) {
    Map<String, Long> listed = listed(votes);
    List<String> ids = new ArrayList<>(listed.keySet());
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("total", votes.total());
    entry.put("clientIds", ids);
    entry.put("clipped", ids.size() < votes.clients().size());
    return entry;
  }

  private Map<String, Object> counts(Votes votes) {
    Map<String, Long> listed = listed(votes);
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("total", votes.total());
    entry.put("clientIds", listed);
    entry.put("totalUnidentified", votes.unidentified());
    entry.put("totalClientIds", votes.clients().size());
    entry.put("clipped", listed.size() < votes.clients().size());
    return entry;
  }

  private Map<String, Long> listed(Votes votes) {
    int share = lists <= 1 ? room : room / lists;
    lists--;
    int[] left = {share};
    Map<String, Long> listed = new LinkedHashMap<>();
    votes
        .clients()
        .forEach(
            (client, count) -> {
              left[0] -= Votes.cost(client);
              if (left[0] >= 0) {
                listed.put(client, count);
                room -= Votes.cost(client);
              }
            });
    return listed;
  }
}

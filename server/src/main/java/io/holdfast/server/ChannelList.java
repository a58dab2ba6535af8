package io.holdfast.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.channels.ChannelUse;
import io.holdfast.channels.Channels;
import io.holdfast.channels.Occupancy;
import io.holdfast.journal.ChannelId;
import io.holdfast.nodes.Nodes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The channels that are in use, on whichever nodes. Every node looks among its own, so what is
 * found is as complete as the answers: of a node that says nothing for a second nothing is listed.
 */
final class ChannelList {
  private static final String TOPIC = "channels.list";

  /** Channels that are asked at once. */
  private static final int CHUNK = 1_000;

  /** Of an answer's names, about; what is beyond is asked for with the next page. */
  private static final int ANSWER_BYTES = 1 << 20;

  private static final int ITEM_BYTES = 64;

  private final Channels channels;
  private final Nodes nodes;
  private final Executor executor;

  /**
   * What is wanted.
   *
   * @param capability of whoever asks
   * @param after only names that come after it; null for all
   * @param limit how many, the first ones
   */
  record Wanted(
      String app, Capability capability, String prefix, @Nullable String after, int limit) {
    private boolean takes(ChannelId channel) {
      return channel.app().equals(app)
          && channel.name().startsWith(prefix)
          && (after == null || channel.name().compareTo(after) > 0)
          && capability.permits(Operation.CHANNEL_METADATA, channel.name());
    }

    private byte[] bytes() {
      ObjectNode node = Json.MAPPER.createObjectNode();
      node.put("app", app).put("capability", capability.text());
      node.put("prefix", prefix).put("after", after).put("limit", limit);
      return Json.bytes(node);
    }

    private static Wanted read(byte[] bytes) {
      JsonNode node = Json.object(bytes);
      return new Wanted(
          node.required("app").textValue(),
          Capability.parse(node.required("capability").textValue()),
          node.required("prefix").textValue(),
          node.required("after").textValue(),
          node.required("limit").intValue());
    }
  }

  /**
   * What was found.
   *
   * @param whole whether there is nothing beyond the last one
   */
  record Found(NavigableMap<String, ChannelUse> channels, boolean whole) {
    private byte[] bytes() {
      ObjectNode node = Json.MAPPER.createObjectNode();
      ArrayNode items = node.putArray("channels");
      int size = 0;
      for (Map.Entry<String, ChannelUse> channel : channels.entrySet()) {
        if (size > ANSWER_BYTES) {
          return Json.bytes(node.put("whole", false));
        }
        size += 3 * channel.getKey().length() + ITEM_BYTES;
        ArrayNode item = items.addArray().add(channel.getKey());
        channel.getValue().occupancy().metrics().values().forEach(item::add);
      }
      return Json.bytes(node.put("whole", whole));
    }

    private static Found read(byte[] bytes) {
      JsonNode node = Json.object(bytes);
      NavigableMap<String, ChannelUse> channels = new TreeMap<>();
      for (JsonNode item : node.required("channels")) {
        int[] counts = new int[Occupancy.class.getRecordComponents().length];
        for (int i = 0; i < counts.length; i++) {
          counts[i] = item.path(i + 1).asInt();
        }
        channels.put(item.required(0).textValue(), new ChannelUse(true, occupancy(counts)));
      }
      return new Found(channels, node.required("whole").booleanValue());
    }

    /** In the order of {@link Occupancy#metrics}. */
    private static Occupancy occupancy(int[] counts) {
      return new Occupancy(
          counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6], counts[7]);
    }

    /** What several nodes have found together, as far as each of them has looked. */
    private static Found together(Collection<Found> all) {
      NavigableMap<String, ChannelUse> channels = new TreeMap<>();
      String end = null;
      for (Found found : all) {
        found.channels.forEach((name, use) -> channels.merge(name, use, ChannelUse::plus));
        if (!found.whole && !found.channels.isEmpty()) {
          String last = found.channels.lastKey();
          end = end == null || last.compareTo(end) < 0 ? last : end;
        }
      }
      return end == null
          ? new Found(channels, true)
          : new Found(channels.headMap(end, true), false);
    }
  }

  ChannelList(Channels channels, Nodes nodes, Executor executor) {
    this.channels = channels;
    this.nodes = nodes;
    this.executor = executor;
    nodes.answer(
        TOPIC, (from, wanted) -> findHere(() -> Wanted.read(wanted)).thenApply(Found::bytes));
  }

  /** The channels that are in use. */
  CompletableFuture<Found> find(Wanted wanted) {
    CompletableFuture<Found> here = findHere(() -> wanted);
    return nodes
        .askAll(TOPIC, wanted.bytes())
        .thenCombine(
            here,
            (answers, own) -> {
              List<Found> all = new ArrayList<>(List.of(own));
              answers.values().forEach(answer -> all.add(Found.read(answer)));
              return Found.together(all);
            });
  }

  private CompletableFuture<Found> findHere(Supplier<Wanted> wanted) {
    CompletableFuture<Found> found = new CompletableFuture<>();
    executor.execute(
        () -> {
          try {
            Wanted known = wanted.get();
            List<ChannelId> open = channels.open().stream().filter(known::takes).sorted().toList();
            look(open, 0, known.limit(), new TreeMap<>(), found);
          } catch (RuntimeException e) {
            found.completeExceptionally(e);
          }
        });
    return found;
  }

  private void look(
      List<ChannelId> open,
      int from,
      int limit,
      NavigableMap<String, ChannelUse> used,
      CompletableFuture<Found> found) {
    List<ChannelId> chunk = open.subList(from, Math.min(open.size(), from + CHUNK));
    List<CompletableFuture<ChannelUse>> asked = chunk.stream().map(channels::useIfOpen).toList();
    var _ =
        CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
            .thenRun(
                () -> {
                  for (int i = 0; i < chunk.size(); i++) {
                    ChannelUse use = asked.get(i).join();
                    if (use.active()) {
                      used.put(chunk.get(i).name(), use);
                    }
                    if (used.size() == limit) {
                      found.complete(new Found(used, from + i + 1 == open.size()));
                      return;
                    }
                  }
                  int next = from + chunk.size();
                  if (next == open.size()) {
                    found.complete(new Found(used, true));
                  } else {
                    look(open, next, limit, used, found);
                  }
                });
  }
}

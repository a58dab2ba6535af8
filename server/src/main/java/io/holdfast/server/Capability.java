package io.holdfast.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.protocol.Flags;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a key or a token allows: operations by resource.
 *
 * @param text its JSON, as it was given; the canonical form for one that was computed
 */
record Capability(String text, List<Grant> grants) {
  private static final int MAX_RESOURCES = 1_000;

  /** All operations, when they were granted by a star. */
  private static final Set<Operation> EVERY = Set.of(Operation.values());

  /** Everything on every plain channel: what a key has that was given no capability. */
  static final Capability ALL = parse("{\"*\":[\"*\"]}");

  /** What is allowed on one pattern of channels. */
  record Grant(Resource resource, Set<Operation> operations) {
    Grant {
      operations = Set.copyOf(operations);
    }
  }

  Capability {
    grants = List.copyOf(grants);
  }

  /**
   * The capability in a JSON text.
   *
   * @throws IllegalArgumentException with a sentence for the client when it is none
   */
  static Capability parse(String text) {
    JsonNode root;
    try {
      root = Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the capability is not valid JSON", e);
    }
    if (root == null || !root.isObject() || root.isEmpty()) {
      throw new IllegalArgumentException(
          "the capability must be a JSON object of resources and their operations");
    }
    if (root.size() > MAX_RESOURCES) {
      throw new IllegalArgumentException(
          "the capability names more than " + MAX_RESOURCES + " resources");
    }
    List<Grant> grants = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      grants.add(
          new Grant(Resource.of(field.getKey()), operations(field.getKey(), field.getValue())));
    }
    return new Capability(text, grants);
  }

  private static Set<Operation> operations(String resource, JsonNode words) {
    if (!words.isArray() || words.isEmpty()) {
      throw new IllegalArgumentException(
          "the capability's resource " + resource + " needs a list of operations");
    }
    Set<Operation> operations = EnumSet.noneOf(Operation.class);
    for (JsonNode word : words) {
      if (word.isTextual() && word.textValue().equals("*")) {
        if (words.size() > 1) {
          throw new IllegalArgumentException(
              "the capability's resource " + resource + " has operations beside *");
        }
        return EVERY;
      }
      Operation operation = word.isTextual() ? Operation.named(word.textValue()) : null;
      if (operation == null) {
        throw new IllegalArgumentException(
            "the capability's resource " + resource + " has an unknown operation: " + word);
      }
      operations.add(operation);
    }
    return operations;
  }

  boolean permits(Operation operation, String channel) {
    for (Grant grant : grants) {
      if (grant.operations.contains(operation) && grant.resource.matches(channel)) {
        return true;
      }
    }
    return false;
  }

  /** Whether it allows the operation on any resource, for what belongs to no channel. */
  boolean permits(Operation operation) {
    return grants.stream().anyMatch(grant -> grant.operations.contains(operation));
  }

  /** Whether one of its resources is written just so. */
  boolean names(String resource) {
    return grants.stream().anyMatch(grant -> grant.resource.toString().equals(resource));
  }

  /** The mode bits that it allows an attachment to the channel. */
  long modes(String channel) {
    long modes = 0;
    for (Grant grant : grants) {
      if (grant.resource.matches(channel)) {
        for (Operation operation : grant.operations) {
          modes |= modes(operation);
        }
      }
    }
    return modes;
  }

  private static long modes(Operation operation) {
    return switch (operation) {
      case SUBSCRIBE -> Flags.SUBSCRIBE | Flags.PRESENCE_SUBSCRIBE | Flags.OBJECT_SUBSCRIBE;
      case PUBLISH -> Flags.PUBLISH;
      case PRESENCE -> Flags.PRESENCE;
      case OBJECT_SUBSCRIBE -> Flags.OBJECT_SUBSCRIBE;
      case OBJECT_PUBLISH -> Flags.OBJECT_PUBLISH;
      case ANNOTATION_SUBSCRIBE -> Flags.ANNOTATION_SUBSCRIBE;
      case ANNOTATION_PUBLISH -> Flags.ANNOTATION_PUBLISH;
      case HISTORY,
          STATS,
          MESSAGE_UPDATE_OWN,
          MESSAGE_UPDATE_ANY,
          MESSAGE_DELETE_OWN,
          MESSAGE_DELETE_ANY,
          PUSH_SUBSCRIBE,
          PUSH_ADMIN,
          CHANNEL_METADATA,
          PRIVILEGED_HEADERS ->
          0;
    };
  }

  /**
   * What both allow, in the canonical form; without grants when that is nothing. Patterns that
   * overlap without one holding the other count as having nothing in common.
   */
  Capability intersect(Capability other) {
    Map<String, Set<Operation>> common = new TreeMap<>();
    for (Grant mine : grants) {
      for (Grant theirs : other.grants) {
        Resource narrower =
            mine.resource.covers(theirs.resource)
                ? theirs.resource
                : theirs.resource.covers(mine.resource) ? mine.resource : null;
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        operations.addAll(mine.operations);
        operations.retainAll(theirs.operations);
        if (narrower != null && !operations.isEmpty()) {
          common
              .computeIfAbsent(narrower.toString(), resource -> EnumSet.noneOf(Operation.class))
              .addAll(operations);
        }
      }
    }
    List<Grant> result = new ArrayList<>();
    common.forEach(
        (resource, operations) -> result.add(new Grant(Resource.of(resource), operations)));
    return new Capability(canonical(result), result);
  }

  boolean isEmpty() {
    return grants.isEmpty();
  }

  /** The same with resources and operations sorted and nothing between them. */
  String canonical() {
    return canonical(grants);
  }

  private static String canonical(List<Grant> grants) {
    Map<String, Collection<String>> sorted = new TreeMap<>();
    for (Grant grant : grants) {
      Collection<String> words = new TreeSet<>();
      if (grant.operations.equals(EVERY)) {
        words.add("*");
      } else {
        grant.operations.forEach(operation -> words.add(operation.word()));
      }
      sorted.put(grant.resource.toString(), words);
    }
    return Json.text(sorted);
  }
}

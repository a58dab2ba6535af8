package io.holdfast.journalnats;

import io.holdfast.journal.ChannelId;
import java.nio.charset.StandardCharsets;

/**
 * Where things are, below one prefix:
 *
 * <pre>
 * hf.SHARD.APP.CHANNEL        the entries of a channel
 * hf.SHARD.APP.CHANNEL.head   what is known of it: its manifest, and where its records are
 * hf.SHARD.APP.CHANNEL.gone   that it was deleted lately, so that lists need not ask all others
 * hf.SHARD.piece              records of the shard's channels, found by their sequence
 * hf.deleted                  the last deletion of a channel
 * hf.generation               written once, when the log was made
 * hf-live.SHARD.APP.CHANNEL   entries as they are told
 * hf-reg.APP.KIND.KEY         the registry, and hf-reg-live. as it is told
 * hf-sig.TOPIC                what nodes tell one another, which no server keeps
 * </pre>
 *
 * All that belongs to a shard begins with {@code hf.SHARD.}, so that a stream can claim shards.
 */
record Subjects(String prefix) {
  static final int SHARDS = 1_024;

  /** The subjects of one channel. */
  record OfChannel(
      ChannelId id, String entries, String head, String gone, String pieces, String live) {
    /** Whether its subject does not tell its name, so that what is stored has to. */
    boolean hashed() {
      String[] tokens = entries.split("\\.", -1);
      return Names.isHashed(tokens[2]) || Names.isHashed(tokens[3]);
    }
  }

  OfChannel of(ChannelId id) {
    String name = Names.token(id.app()) + "." + Names.token(id.name());
    byte[] hash = Names.hash(name.getBytes(StandardCharsets.US_ASCII));
    int shard = (hash[0] & 0xff) << 2 | (hash[1] & 0xff) >> 6;
    String entries = prefix + "." + shard + "." + name;
    return new OfChannel(
        id,
        entries,
        entries + ".head",
        entries + ".gone",
        prefix + "." + shard + ".piece",
        prefix + "-live." + shard + "." + name);
  }

  /** A prefix may not hold a dot: everything here counts tokens. */
  Subjects {
    if (!prefix.matches("[A-Za-z0-9_-]{1,32}")) {
      throw new IllegalArgumentException(
          "the cluster's name must be 1 to 32 letters, digits, - or _, and is " + prefix);
    }
  }

  String all() {
    return prefix + ".>";
  }

  String allEntries() {
    return prefix + ".*.*.*";
  }

  String allHeads() {
    return prefix + ".*.*.*.head";
  }

  String allGone() {
    return prefix + ".*.*.*.gone";
  }

  String live() {
    return prefix + "-live.{{wildcard(1)}}.{{wildcard(2)}}.{{wildcard(3)}}";
  }

  String deleted() {
    return prefix + ".deleted";
  }

  String generation() {
    return prefix + ".generation";
  }

  String registry() {
    return prefix + "-reg.>";
  }

  String registryLive() {
    return prefix + "-reg-live.>";
  }

  String item(String app, String kind, String key) {
    return prefix + "-reg." + Names.token(app) + "." + Names.token(kind) + "." + Names.token(key);
  }

  String signal(String topic) {
    return prefix + "-sig." + topic;
  }

  String stream() {
    return prefix;
  }

  String registryStream() {
    return prefix + "-reg";
  }
}

package io.holdfast.simulator;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.StoredEntry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is durable, read from the journal itself before anybody else hears of it. */
final class Truth {
  private final Map<String, TrueChannel> channels = new LinkedHashMap<>();

  Truth(List<String> names, Laws laws, Counts counts) {
    for (String name : names) {
      channels.put(name, new TrueChannel(name, laws, counts));
    }
  }

  /** By which name the log numbers operations, whatever channel they are of. */
  String site() {
    return channels.values().iterator().next().site();
  }

  TrueChannel channel(String name) {
    TrueChannel channel = channels.get(name);
    if (channel == null) {
      throw new IllegalArgumentException("no channel " + name);
    }
    return channel;
  }

  /** Which log it is. */
  void generation(long is) {
    channels.values().forEach(channel -> channel.generation(is));
  }

  /** Goes on reading with a new run of the journal. */
  void follow(Journal journal, String app) {
    generation(journal.generation());
    channels.forEach(
        (name, channel) ->
            journal.follow(new ChannelId(app, name), channel.position(), new Listening(channel)));
  }

  private record Listening(TrueChannel channel) implements Journal.Follower {
    @Override
    public void entry(StoredEntry entry) {
      channel.entry(entry);
    }

    @Override
    public void deleted(long position) {
      // whoever deletes tells of it
    }

    @Override
    public void lost(JournalException why) {
      // the next run goes on
    }
  }
}

package io.holdfast.server;

import io.holdfast.channels.Channels;
import io.holdfast.channels.Submission;
import io.holdfast.channels.Timers;
import io.holdfast.fold.Owner;
import io.holdfast.fold.Part;
import io.holdfast.fold.Verdict;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Journal;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.PresenceMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Makes apps while the server runs, and takes them away again. Calls block. */
final class Sandbox {
  private static final int MAX_APPS = 10_000;
  private static final int PURGES = 10;
  private static final long PURGE_MS = 1_000;
  private static final int PAGE = 1_000;
  private static final int FIXTURE_BYTES = 512;

  private final AppRecords records;
  private final Apps apps;
  private final Tidings tidings;
  private final Channels channels;
  private final Journal journal;
  private final Timers timers;

  /** Answers for the members that are made with an app: nobody's transport, so they stay. */
  private final Owner owner;

  Sandbox(Store store, Apps apps, Tidings tidings, Channels channels, Timers timers, String boot) {
    this.records = new AppRecords(store.registry());
    this.apps = apps;
    this.tidings = tidings;
    this.channels = channels;
    this.journal = store.journal();
    this.timers = timers;
    this.owner = new Owner(boot, Long.MAX_VALUE);
  }

  /** Makes an app with the members its channels are to have; returns when all of it is there. */
  void make(App app, List<Fixture> fixtures) {
    if (apps.size() >= MAX_APPS) {
      throw new Refusal(ErrorCode.RATE_LIMITED.info("there are " + MAX_APPS + " apps already"));
    }
    records.write(app);
    apps.written(app);
    tidings.spread();
    List<CompletableFuture<Verdict>> entered = new ArrayList<>();
    for (Fixture fixture : fixtures) {
      if (fixture.members().isEmpty()) {
        // It is there when somebody uses it.
        continue;
      }
      CompletableFuture<Verdict> verdict = new CompletableFuture<>();
      Part part = new Part.Presence(io.holdfast.fold.Origin.NONE, owner, fixture.members());
      channels.submit(
          new ChannelId(app.id(), fixture.channel()),
          new Submission(
              part, FIXTURE_BYTES * fixture.members().size(), 0, false, verdict::complete));
      entered.add(verdict);
    }
    for (CompletableFuture<Verdict> verdict : entered) {
      if (verdict.join() instanceof Verdict.Refused refused) {
        delete(app);
        throw new Refusal(refused.error());
      }
    }
  }

  /** The members a channel begins with. */
  record Fixture(String channel, List<PresenceMessage> members) {
    Fixture {
      members = List.copyOf(members);
    }
  }

  /** Takes an app away with all that it has: its connections end and its channels are deleted. */
  void delete(App app) {
    records.delete(app);
    apps.removed(app.id());
    tidings.spread();
    purge(app.id(), PURGES);
  }

  /** A channel still used by who is being shown out is only emptied, so it takes another round. */
  private void purge(String app, int rounds) {
    var _ =
        journal
            .channels(new ChannelId(app, ""), PAGE)
            .thenAccept(
                ids -> {
                  List<ChannelId> its = ids.stream().filter(id -> id.app().equals(app)).toList();
                  its.forEach(id -> channels.purge(id));
                  if (!its.isEmpty() && rounds > 1) {
                    var _ = timers.after(PURGE_MS, () -> purge(app, rounds - 1));
                  }
                });
  }
}

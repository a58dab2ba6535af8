package io.holdfast.simulator;

import io.holdfast.protocol.Flags;
import io.holdfast.protocol.PresenceMessage;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everyone attached believes in the same members, those are the ones of the log, and they are those
 * who were promised to be: whose last presence frame is acknowledged and says so, who have not
 * detached or closed, and whom the server had no right to take out since ({@link Departures}).
 */
final class PresenceTrue {
  static final String NAME = "presence true";

  private PresenceTrue() {}

  private static Map<String, String> members(TrueChannel truth) {
    Map<String, String> members = new TreeMap<>();
    truth.members().forEach((member, is) -> members.put(member, is.data()));
    return members;
  }

  /** What a watcher has made of all it heard. */
  static void sameSet(TrueChannel truth, ClientChannel channel, String what) {
    Map<String, String> believed = channel.presence().present();
    if ((channel.modes() & Flags.PRESENCE_SUBSCRIBE) != 0 && !believed.equals(members(truth))) {
      throw new Broken(NAME, what + " believes in " + believed + " and not " + members(truth));
    }
  }

  /** What the node tells who asks. */
  static void sameMembers(TrueChannel truth, List<PresenceMessage> told) {
    Map<String, String> members = new TreeMap<>();
    told.forEach(m -> members.put(TrueChannel.member(m), TrueChannel.text(m.data())));
    if (!members.equals(members(truth))) {
      throw new Broken(NAME, "the node tells of " + members + " and not " + members(truth));
    }
  }

  /** Each client is what it was promised to be, and nobody else is there. */
  static void asPromised(TrueChannel truth, List<Client> clients) {
    Set<String> here = new HashSet<>();
    for (Client client : clients) {
      String member = client.connectionId() + ":" + client.name();
      here.add(member);
      OwnPresence own = client.channel(truth.name()).own();
      if (!own.unsure()) {
        asPromised(truth, member, own.promised());
      }
    }
    for (String member : truth.members().keySet()) {
      if (!here.contains(member)) {
        throw new Broken(NAME, member + " is a member of " + truth + " and not there: " + here);
      }
    }
  }

  private static void asPromised(TrueChannel truth, String member, @Nullable Operation promised) {
    TrueMember is = truth.members().get(member);
    boolean should =
        promised != null && !OwnPresence.leaves(promised) && !gone(truth, member, promised);
    if (should != (is != null)) {
      throw new Broken(
          NAME,
          member
              + (is == null ? " is no member of " : " is a member of ")
              + truth
              + " and was promised "
              + promised);
    }
    if (is != null
        && promised != null
        && promised.presence() != null
        && !OwnPresence.again(promised)) {
      String data = TrueChannel.text(promised.presence().data());
      if (!data.equals(is.data())) {
        throw new Broken(NAME, member + " is there with " + is + " and was promised " + promised);
      }
    }
  }

  /** Whether the server has rightly taken it out since. */
  private static boolean gone(TrueChannel truth, String member, Operation promised) {
    TrueChannel.Applied applied = truth.made(promised.names().getLast());
    return applied != null && truth.departedSince(member, applied.cursor());
  }
}

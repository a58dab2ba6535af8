package io.holdfast.simulator;

import io.holdfast.protocol.Flags;
import io.holdfast.protocol.PresenceMessage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Everyone attached believes in the same members, those are the ones of the log, and each of them
 * is somebody who is connected and attached.
 */
final class PresenceTrue {
  static final String NAME = "presence true";

  private PresenceTrue() {}

  private static Map<String, String> members(TrueChannel truth) {
    Map<String, String> members = new TreeMap<>();
    truth.members().forEach((member, is) -> members.put(member, is.data()));
    return members;
  }

  static void sameSet(TrueChannel truth, ClientChannel channel, String what) {
    Map<String, String> believed = channel.presence().present();
    if ((channel.modes() & Flags.PRESENCE_SUBSCRIBE) != 0 && !believed.equals(members(truth))) {
      throw new Broken(NAME, what + " believes in " + believed + " and not " + members(truth));
    }
  }

  static void sameMembers(TrueChannel truth, List<PresenceMessage> told) {
    Map<String, String> members = new TreeMap<>();
    told.forEach(m -> members.put(TrueChannel.member(m), TrueChannel.text(m.data())));
    if (!members.equals(members(truth))) {
      throw new Broken(NAME, "the node tells of " + members + " and not " + members(truth));
    }
  }

  /** Whoever believes to be a member of its own connection is one. */
  static void present(TrueChannel truth, PresenceMessage own, String what) {
    String member = TrueChannel.member(own);
    if (!truth.members().containsKey(member) && truth.departed(member) == 0) {
      throw new Broken(NAME, what + " is no member, without having left: " + own);
    }
  }

  static void nobodyElse(TrueChannel truth, List<Client> clients) {
    Set<String> here =
        clients.stream()
            .filter(client -> client.channel(truth.name()).mayHaveMembers())
            .map(client -> client.connectionId() + ":" + client.name())
            .collect(Collectors.toSet());
    for (String member : truth.members().keySet()) {
      if (!here.contains(member)) {
        throw new Broken(NAME, member + " is a member of " + truth + " and not there: " + here);
      }
    }
  }
}

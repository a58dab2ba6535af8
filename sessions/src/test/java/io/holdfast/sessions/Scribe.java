package io.holdfast.sessions;

import io.holdfast.protocol.MessageAction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes conversations as a channel would tell them: live, and as history gives them later. Serials
 * are numbers with leading zeros, so they order as strings.
 */
final class Scribe {
  private int serials;
  private int versions;
  private final List<WireMessage> live = new ArrayList<>();

  private String nextSerial() {
    return "s%06d".formatted(++serials);
  }

  private String nextVersion() {
    return "v%06d".formatted(++versions);
  }

  static TransportHeaders headers(Object... pairs) {
    TransportHeaders.Builder headers = TransportHeaders.builder();
    for (int i = 0; i < pairs.length; i += 2) {
      headers.set((Header) pairs[i], String.valueOf(pairs[i + 1]));
    }
    return headers.build();
  }

  private WireMessage tell(WireMessage message) {
    live.add(message);
    return message;
  }

  WireMessage create(
      WireEvent event, @Nullable Object data, TransportHeaders headers, Map<String, String> codec) {
    String serial = nextSerial();
    WireMessage message =
        new WireMessage(
            MessageAction.CREATE,
            event,
            true,
            serial,
            serial,
            "user-1",
            data,
            new AiExtras(true, headers, codec));
    return tell(message);
  }

  WireMessage bare(WireEvent event, Object... headers) {
    return create(event, null, headers(headers), Map.of());
  }

  /** A stream under these headers. */
  WireMessage open(String streamId, TransportHeaders headers, Map<String, String> codec) {
    TransportHeaders all =
        headers.toBuilder()
            .set(Header.STREAM, "true")
            .set(Header.STATUS, "streaming")
            .set(Header.STREAM_ID, streamId)
            .build();
    return create(WireEvent.OUTPUT, "", all, codec);
  }

  WireMessage append(WireMessage stream, String delta, String status) {
    String serial = String.valueOf(stream.serial());
    AiExtras extras =
        new AiExtras(
            true, stream.extras().transport().with(Header.STATUS, status), stream.extras().codec());
    String version = nextVersion();
    return tell(
        new WireMessage(
            MessageAction.APPEND, null, false, serial, version, "user-1", delta, extras));
  }

  /** What came while somebody was there, in order. */
  List<WireMessage> live() {
    return List.copyOf(live);
  }

  private Replay replay() {
    Replay replay = new Replay();
    live.forEach(replay::see);
    return replay;
  }

  /** What history has: each message once, at its place, in its newest version; oldest first. */
  List<WireMessage> history() {
    return replay().history();
  }

  List<List<WireMessage>> pages(int size) {
    return replay().pages(size);
  }

  /** A channel as far as it has come. */
  static final class Replay {
    private final TreeMap<String, WireMessage> latest = new TreeMap<>();
    private final Set<String> untold = new HashSet<>();

    /** The channel gets this while the reader is not there. */
    void see(WireMessage message) {
      String serial = String.valueOf(message.serial());
      latest.put(serial, whole(message));
      untold.add(serial);
    }

    private WireMessage whole(WireMessage message) {
      WireMessage known = latest.get(String.valueOf(message.serial()));
      if (known == null || message.action() == MessageAction.CREATE) {
        return message;
      }
      return new WireMessage(
          MessageAction.UPDATE,
          known.event(),
          true,
          known.serial(),
          message.version(),
          message.clientId(),
          (known.data() == null ? "" : known.data()) + String.valueOf(message.data()),
          message.extras());
    }

    /** The channel gets this, and so does the reader: whole, if it does not hold the message. */
    WireMessage deliver(WireMessage message) {
      String serial = String.valueOf(message.serial());
      WireMessage all = whole(message);
      latest.put(serial, all);
      return untold.remove(serial) ? all : message;
    }

    List<WireMessage> history() {
      return List.copyOf(latest.values());
    }

    /** History as it is read: pages of this size from the newest back, each page oldest first. */
    List<List<WireMessage>> pages(int size) {
      List<WireMessage> all = history();
      List<List<WireMessage>> pages = new ArrayList<>();
      for (int end = all.size(); end > 0; end -= size) {
        pages.add(all.subList(Math.max(0, end - size), end));
      }
      return pages;
    }
  }
}

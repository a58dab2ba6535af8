package io.holdfast.client;

import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.DecodedAnnotations;
import io.holdfast.protocol.DecodedMessages;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.PresenceMessage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be read of a channel by REST: shared by channels of both kinds of client. */
final class Histories {
  private final RestCaller rest;
  private final String path;

  Histories(RestCaller rest, String channel) {
    this.rest = rest;
    this.path = "/channels/" + Addresses.encoded(channel);
  }

  static Map<String, String> params(HistoryQuery query, @Nullable String fromSerial) {
    Map<String, String> params = new LinkedHashMap<>();
    if (query.start() != null) {
      params.put("start", Long.toString(query.start().toEpochMilli()));
    }
    if (query.end() != null) {
      params.put("end", Long.toString(query.end().toEpochMilli()));
    }
    params.put("limit", Integer.toString(query.limit()));
    params.put("direction", query.oldestFirst() ? "forwards" : "backwards");
    if (fromSerial != null) {
      params.put("from_serial", fromSerial);
    }
    return params;
  }

  Page<Message> messages(HistoryQuery query, @Nullable String fromSerial, Coding coding)
      throws InterruptedException {
    return rest.page(path + "/messages", params(query, fromSerial), reader(coding));
  }

  Page<Member> presence(HistoryQuery query, @Nullable String fromSerial, Coding coding)
      throws InterruptedException {
    return rest.page(path + "/presence/history", params(query, fromSerial), members(coding));
  }

  Page<Member> present(Coding coding) throws InterruptedException {
    return rest.page(path + "/presence", Map.of("limit", "1000"), members(coding));
  }

  Message message(String serial, Coding coding) throws InterruptedException {
    Http.Answer answer =
        rest.call(Http.Ask.get(path + "/messages/" + Addresses.encoded(serial), Map.of()));
    if (BodyCodec.decodeMessage(answer.format(), answer.body())
            instanceof DecodedMessages.Ok(List<io.holdfast.protocol.Message> one)
        && one.size() == 1) {
      return coding.decode(one.get(0), null, null, 0);
    }
    throw Fault.UNREADABLE.exception("no message");
  }

  Page<Message> versions(String serial, Coding coding) throws InterruptedException {
    String of = path + "/messages/" + Addresses.encoded(serial) + "/versions";
    return rest.page(of, Map.of(), reader(coding));
  }

  Page<Annotation> annotations(String serial, int limit, Coding coding)
      throws InterruptedException {
    String of = path + "/messages/" + Addresses.encoded(serial) + "/annotations";
    return rest.page(
        of,
        Map.of("limit", Integer.toString(limit)),
        (format, body) -> {
          if (BodyCodec.decodeAnnotations(format, body)
              instanceof DecodedAnnotations.Ok(List<io.holdfast.protocol.Annotation> wire)) {
            return wire.stream().map(one -> coding.decode(one, null, 0)).toList();
          }
          throw Fault.UNREADABLE.exception("no annotations");
        });
  }

  static RestCaller.Items<Message> reader(Coding coding) {
    return (format, body) -> {
      if (BodyCodec.decodeMessages(format, body)
          instanceof DecodedMessages.Ok(List<io.holdfast.protocol.Message> wire)) {
        return wire.stream().map(one -> coding.decode(one, null, null, 0)).toList();
      }
      throw Fault.UNREADABLE.exception("no messages");
    };
  }

  static RestCaller.Items<Member> members(Coding coding) {
    return (Format format, byte[] body) -> {
      List<PresenceMessage> wire = BodyCodec.decodePresence(format, body);
      if (wire == null) {
        throw Fault.UNREADABLE.exception("no presence messages");
      }
      return wire.stream().map(one -> coding.decode(one, null, null, 0)).toList();
    };
  }
}

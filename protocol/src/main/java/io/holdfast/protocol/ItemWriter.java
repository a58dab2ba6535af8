package io.holdfast.protocol;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes what frames and REST bodies are made of, one line per field in wire order. */
final class ItemWriter {
  private ItemWriter() {}

  static void message(WireWriter out, Message message) throws IOException {
    out.open();
    out.number("action", message.action().number());
    out.text("id", message.id());
    out.text("name", message.name());
    out.payload(message.data(), message.encoding());
    out.text("clientId", message.clientId());
    out.text("connectionId", message.connectionId());
    out.text("connectionKey", message.connectionKey());
    out.numberUnlessZero("timestamp", message.timestamp());
    extras(out, message.extras());
    out.text("serial", message.serial());
    version(out, message.version());
    if (message.summary() != null) {
      out.open("annotations");
      out.json("summary", message.summary());
      out.close();
    }
    out.close();
  }

  static void presence(WireWriter out, PresenceMessage presence) throws IOException {
    out.open();
    out.number("action", presence.action().number());
    out.text("id", presence.id());
    out.text("clientId", presence.clientId());
    out.text("connectionId", presence.connectionId());
    out.payload(presence.data(), presence.encoding());
    extras(out, presence.extras());
    out.numberUnlessZero("timestamp", presence.timestamp());
    out.close();
  }

  static void annotation(WireWriter out, Annotation annotation) throws IOException {
    out.open();
    out.number("action", annotation.action().number());
    out.text("id", annotation.id());
    out.text("type", annotation.type());
    out.text("messageSerial", annotation.messageSerial());
    out.text("serial", annotation.serial());
    out.text("name", annotation.name());
    out.numberUnlessZero("count", annotation.count());
    out.payload(annotation.data(), annotation.encoding());
    out.text("clientId", annotation.clientId());
    out.text("connectionId", annotation.connectionId());
    extras(out, annotation.extras());
    out.numberUnlessZero("timestamp", annotation.timestamp());
    out.close();
  }

  static void error(WireWriter out, ErrorInfo error) throws IOException {
    out.open();
    out.number("code", error.code());
    out.number("statusCode", error.statusCode());
    out.text("message", error.message());
    out.text("href", error.href());
    out.close();
  }

  static void result(WireWriter out, Frame.PublishResult result) throws IOException {
    out.open();
    out.texts("serials", result.serials());
    out.close();
  }

  static void connectionDetails(WireWriter out, ConnectionDetails details) throws IOException {
    out.open("connectionDetails");
    out.text("clientId", details.clientId());
    out.text("connectionKey", details.connectionKey());
    out.number("maxMessageSize", details.maxMessageSize());
    out.number("maxFrameSize", details.maxFrameSize());
    out.number("maxInboundRate", details.maxInboundRate());
    out.number("connectionStateTtl", details.connectionStateTtl());
    out.number("maxIdleInterval", details.maxIdleInterval());
    out.text("serverId", details.serverId());
    out.text("siteCode", details.siteCode());
    out.number("objectsGCGracePeriod", details.objectsGCGracePeriod());
    out.close();
  }

  private static void extras(WireWriter out, @Nullable Extras extras) throws IOException {
    out.json("extras", extras == null ? null : extras.json());
  }

  private static void version(WireWriter out, @Nullable Version version) throws IOException {
    if (version != null) {
      out.open("version");
      out.text("serial", version.serial());
      out.numberUnlessZero("timestamp", version.timestamp());
      out.text("clientId", version.clientId());
      out.text("description", version.description());
      out.json("metadata", version.metadata());
      out.close();
    }
  }
}

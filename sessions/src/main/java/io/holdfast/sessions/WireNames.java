package io.holdfast.sessions;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What headers and messages are called in one version of the wire. The one place that holds these
 * names: a later version that renames some is another constant here.
 */
final class WireNames {
  /** The names of version 0.8, which hyphenate ours but for the prefix of messages. */
  static final WireNames V0_8 = hyphenated("0.8", "ai-");

  private final String version;
  private final Map<Header, String> headers = new EnumMap<>(Header.class);
  private final Map<WireEvent, String> events = new EnumMap<>(WireEvent.class);
  private final Map<String, Header> headersByName = new HashMap<>();
  private final Map<String, WireEvent> eventsByName = new HashMap<>();

  private WireNames(String version) {
    this.version = version;
  }

  private static WireNames hyphenated(String version, String prefix) {
    WireNames names = new WireNames(version);
    for (Header header : Header.values()) {
      names.name(header, hyphens(header));
    }
    for (WireEvent event : WireEvent.values()) {
      names.name(event, prefix + hyphens(event));
    }
    return names;
  }

  private static String hyphens(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void name(Header header, String name) {
    headers.put(header, name);
    headersByName.put(name, header);
  }

  private void name(WireEvent event, String name) {
    events.put(event, name);
    eventsByName.put(name, event);
  }

  /** The version of the published package that speaks so. */
  String version() {
    return version;
  }

  String of(Header header) {
    return String.valueOf(headers.get(header));
  }

  String of(WireEvent event) {
    return String.valueOf(events.get(event));
  }

  /** The header of this name, or null when it is none of ours. */
  @Nullable Header header(String name) {
    return headersByName.get(name);
  }

  /** What a message of this name is for, or null when it is none of a session. */
  @Nullable WireEvent event(@Nullable String name) {
    return name == null ? null : eventsByName.get(name);
  }
}

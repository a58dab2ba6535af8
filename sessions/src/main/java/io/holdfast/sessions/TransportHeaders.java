package io.holdfast.sessions;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The transport headers of one message. Immutable; headers that are none of ours are left out. */
final class TransportHeaders {
  static final TransportHeaders NONE = new TransportHeaders(new EnumMap<>(Header.class));

  private final EnumMap<Header, String> values;

  private TransportHeaders(EnumMap<Header, String> values) {
    this.values = values;
  }

  /** Collects headers; a null value leaves its header out. */
  static final class Builder {
    private final EnumMap<Header, String> values;

    private Builder(EnumMap<Header, String> values) {
      this.values = values;
    }

    Builder set(Header header, @Nullable String value) {
      if (value == null) {
        values.remove(header);
      } else {
        values.put(header, value);
      }
      return this;
    }

    /** Leaves the header out when the value is empty, too. */
    Builder setUnlessEmpty(Header header, @Nullable String value) {
      return set(header, value == null || value.isEmpty() ? null : value);
    }

    TransportHeaders build() {
      return new TransportHeaders(new EnumMap<>(values));
    }
  }

  static Builder builder() {
    return new Builder(new EnumMap<>(Header.class));
  }

  Builder toBuilder() {
    return new Builder(new EnumMap<>(values));
  }

  @Nullable String get(Header header) {
    return values.get(header);
  }

  String getOrEmpty(Header header) {
    return values.getOrDefault(header, "");
  }

  boolean is(Header header, String value) {
    return value.equals(values.get(header));
  }

  TransportHeaders with(Header header, @Nullable String value) {
    return toBuilder().set(header, value).build();
  }

  Map<Header, String> asMap() {
    return Map.copyOf(values);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TransportHeaders that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}

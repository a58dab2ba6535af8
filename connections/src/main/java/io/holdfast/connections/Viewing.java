package io.holdfast.connections;

import io.holdfast.channels.Rewind;
import io.holdfast.channels.View;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a connection may look at a channel it wants to attach to. */
sealed interface Viewing {
  /**
   * It may.
   *
   * @param wanted the mode bits that were asked for
   */
  record Granted(View view, long wanted, @Nullable Rewind rewind) implements Viewing {}

  record Refused(ErrorInfo error) implements Viewing {}

  /**
   * Judges an ATTACH of a channel whose name is one.
   *
   * @param echo whether the connection hears itself at all
   */
  static Viewing of(Frame.Attach frame, Access access, ChannelRules rules, boolean echo) {
    QualifiedName name = QualifiedName.of(frame.channel());
    return switch (AttachParams.read(frame, name.params())) {
      case AttachParams.Read.Bad bad -> new Refused(bad.error());
      case AttachParams.Read.Good good -> of(frame, name, good.params(), access, rules, echo);
    };
  }

  private static Viewing of(
      Frame.Attach frame,
      QualifiedName name,
      AttachParams params,
      Access access,
      ChannelRules rules,
      boolean echo) {
    long modes = params.modes() & modes(access, frame.channel());
    if (modes == 0) {
      return new Refused(denied(frame.channel()));
    }
    if ((modes & Flags.ANNOTATION_SUBSCRIBE) != 0 && !rules.mutable(access.app(), name.channel())) {
      return new Refused(
          ErrorCode.MUTATIONS_DISABLED.info(
              "there are no annotations to subscribe to on this channel"));
    }
    Filter filter = null;
    if (name.filter() != null) {
      try {
        filter = Filter.of(name.filter());
      } catch (IllegalArgumentException bad) {
        return new Refused(ErrorCode.BAD_PARAMETER.info(String.valueOf(bad.getMessage())));
      }
    }
    boolean metadata =
        (params.occupancy() != null || params.objects() != null)
            && access.permits(Permission.CHANNEL_METADATA, frame.channel());
    Map<String, String> known = new LinkedHashMap<>(params.known());
    if (!metadata) {
      known.keySet().removeAll(METADATA);
    }
    View view =
        new View(
            frame.channel(),
            modes,
            echo && params.echo(),
            known,
            params.wholeAppends(),
            params.deltas(),
            filter,
            metadata ? params.occupancy() : null,
            metadata ? params.objects() : null);
    return new Granted(view, params.modes(), params.rewind());
  }

  /** Params that take a right of their own. */
  List<String> METADATA = List.of("occupancy", "objects");

  /** Modes of those who listen. */
  long HEARING =
      Flags.SUBSCRIBE
          | Flags.PRESENCE_SUBSCRIBE
          | Flags.ANNOTATION_SUBSCRIBE
          | Flags.OBJECT_SUBSCRIBE;

  /** The modes that credentials allow on a channel by the name it is attached by. */
  static long modes(Access access, String given) {
    long modes = access.modes(given);
    QualifiedName name = QualifiedName.of(given);
    if (name.filter() != null) {
      // whoever may hear a channel may hear less of it
      modes |= access.modes(name.channel()) & HEARING;
    }
    return ChannelNames.meta(given) ? modes & Flags.SUBSCRIBE : modes;
  }

  static ErrorInfo denied(String channel) {
    return ErrorCode.CAPABILITY_DENIED.info(
        "these credentials do not allow what was asked on channel '" + channel + "'");
  }
}

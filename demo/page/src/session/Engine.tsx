// Lives inside the SDK's providers, one per session, and keeps the page's state up to date.
import { useAbly } from 'ably/react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { pause, type SessionFacts } from '../api';
import { useActions } from '../hooks/useActions';
import { useBoard } from '../hooks/useBoard';
import { useChannelState, useHydration } from '../hooks/useHydration';
import { useDelivery } from '../hooks/useDelivery';
import { useConnectionState } from '../hooks/useLink';
import { useOverdue } from '../hooks/useOverdue';
import { usePresence } from '../hooks/usePresence';
import type { Identity } from '../identity';
import type { Chat } from './chat';
import { useClientSession, useView } from './codec';
import type { Run } from './delivery';
import type { Names } from './names';
import type { Outbox } from './outbox';
import { judged, rowsOf, waiting } from './rows';
import { WireIndex } from './wire';

const PAGE = 30;
const GONE_AFTER_MS = 10_000;
const LOST = 104_006;
const NOT_SUBSCRIBED = 104_001;

export interface EngineProps {
  readonly facts: SessionFacts;
  readonly me: Identity;
  readonly chat: Chat;
  readonly outbox: Outbox;
  readonly names: Names;
  readonly startOver: () => void;
}

export function Engine({ facts, me, chat, outbox, names, startOver }: EngineProps) {
  const client = useAbly();
  const channel = client.channels.get(facts.channel);
  const { session } = useClientSession({
    onError: ({ code, message }) => {
      if (code === LOST) startOver();
      // A single message that cannot be read has this code too, and is no reason to start over.
      if (code === NOT_SUBSCRIBED && message.includes('subscribe and attach')) void pause(500).then(startOver);
    },
  });
  const [limit] = useState(() => Math.max(PAGE, chat.state().rows.length));
  const view = useView({ limit });
  const [wire] = useState(() => new WireIndex());
  useEffect(() => session.tree.on('ably-message', wire.note), [session, wire]);

  const attached = useChannelState(channel) === 'attached';
  const hydrated = useHydration(view, attached);
  const live = attached && hydrated;
  const { runs, asked } = useAsked();
  const mounted = useMounted();
  const open = useCallback(() => mounted.current && channel.state === 'attached', [mounted, channel]);
  const actions = useActions({ chat, session, view, wire, outbox, runs, asked });
  // A channel stays attached for a while without a connection, and what is sent then is in doubt.
  const reachable = useConnectionState(client) === 'connected' && live;
  useDelivery({ facts, session, view, wire, outbox, open, asked }, reachable);

  const presence = usePresence(session, channel, me);
  const board = useBoard(session, attached, me, chat.notify);
  const rows = rowsOf(view, session.tree, wire);
  const connected = reachable && presence.synced;
  const lonely = rows
    .filter((row) => row.status === 'active' && !presence.claimed.has(row.runId))
    .map((row) => row.runId);
  const gone = useOverdue([...new Set(lonely)], connected, GONE_AFTER_MS);
  const unheard = useOverdue(waiting(rows, presence.claimed), connected, GONE_AFTER_MS);

  useLayoutEffect(() => {
    names.note(presence.members);
    // Until its history is here, a new session shows what the one before it had.
    if (!hydrated) return chat.become({ hydrated, live, presence, board });
    const { hasOlder, loading } = view;
    const mine = new Set(rows.filter((row) => row.status === '' && runs.has(row.id)).map((row) => row.id));
    chat.become({
      hydrated,
      live,
      presence,
      board,
      rows: judged(rows, gone, unheard),
      ready: true,
      hasOlder,
      loading,
      asked: mine,
      actions,
    });
  });
  return null;
}

const ASKED = 50;

/** The runs this window asked for, by the message that asked. */
function useAsked() {
  const [runs] = useState(() => new Map<string, Run>());
  const asked = useCallback(
    (run: Run) => {
      runs.set(run.inputCodecMessageId, run);
      for (const key of [...runs.keys()].slice(0, -ASKED)) runs.delete(key);
    },
    [runs],
  );
  return { runs, asked };
}

function useMounted() {
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => void (mounted.current = false);
  }, []);
  return mounted;
}

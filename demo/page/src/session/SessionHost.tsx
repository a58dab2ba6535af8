// Puts the SDK's providers around one engine per life of the session, and watches the connection.
import { OBJECT_MODES } from '@ably/ai-transport';
import { AblyProvider } from 'ably/react';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { linkState, useAnswering, useConnectionState, useOnline } from '../hooks/useLink';
import type { SessionFacts } from '../api';
import type { Identity } from '../identity';
import type { Chat } from './chat';
import { ClientSessionProvider, codec, HISTORY_PAGE } from './codec';
import { Engine } from './Engine';
import type { Lives } from './lives';
import type { Names } from './names';
import type { Outbox } from './outbox';

export interface SessionHostProps {
  readonly facts: SessionFacts;
  readonly me: Identity;
  readonly chat: Chat;
  readonly outbox: Outbox;
  readonly names: Names;
  readonly lives: Lives;
}

export function SessionHost({ facts, me, chat, outbox, names, lives }: SessionHostProps) {
  const life = useSyncExternalStore(lives.watch, lives.now);
  useLinkWatch(chat, lives, facts);
  return (
    <AblyProvider key={life.generation} client={life.client}>
      <ClientSessionProvider
        channelName={facts.channel}
        codec={codec}
        historyPageSize={HISTORY_PAGE}
        channelModes={OBJECT_MODES}
      >
        <Engine facts={facts} me={me} chat={chat} outbox={outbox} names={names} startOver={lives.startOver} />
      </ClientSessionProvider>
    </AblyProvider>
  );
}

const MOMENT_MS = 1_000;

function useLinkWatch(chat: Chat, lives: Lives, facts: SessionFacts): void {
  const { client, ending } = useSyncExternalStore(lives.watch, lives.now);
  const connection = useConnectionState(client);
  const hydrated = useSyncExternalStore(chat.watch, () => chat.state().hydrated);
  const live = useSyncExternalStore(chat.watch, () => chat.state().live);
  const ready = useSyncExternalStore(chat.watch, () => chat.state().ready);
  const online = useOnline();
  const since = useRef(Date.now());
  const back = useRef(0);
  const state = linkState(connection, { wasConnected: ready, ending, hydrated, live });
  const away = state !== 'connected';
  const origin = `${location.protocol}//${location.hostname}:${facts.realtimePort}`;
  const answering = useAnswering(origin, away && online);

  useEffect(() => {
    // A moment of connection in between does not end an absence.
    if (!away) back.current = Date.now();
    else if (Date.now() - back.current > MOMENT_MS) since.current = Date.now();
  }, [away]);

  useEffect(() => {
    chat.become({ link: { state, since: since.current, online, answering } });
  }, [chat, state, online, answering]);
}
